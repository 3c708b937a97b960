"""Minting of ids: a prefix for the kind and 26 characters of time and chance, as in a ULID.

An id says nothing about what it stands for: it is never derived from data or from an order, and never used again.
"""

import os
import random
from collections.abc import Callable
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look alike."""
PREFIX = {"organization": "org", "service": "svc", "location": "loc"}
"""Prefix of the ids of each kind of record."""

Mint = Callable[[int], pa.Array]
"""Gives that many new ids at each call."""

_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_CHUNK = 50_000
_NOISE = 10
"""Random bytes of an id; six bytes of milliseconds stand before them."""


def minter(now: datetime, *, seed: int | None = None, prefix: str = "org") -> Mint:
    """A source of new ids. With a seed they are reproducible and carry no time; that is for demos and tests."""
    rng = random.Random(f"{prefix}{seed}") if seed is not None else None  # noqa: S311 - ids are no secrets
    moment = 0 if seed is not None else int(now.timestamp() * 1000)

    def noise(count: int) -> bytes:
        if rng is None:
            return os.urandom(_NOISE * count)
        return b"".join(rng.getrandbits(8 * _NOISE).to_bytes(_NOISE, "big") for _ in range(count))

    def mint(count: int) -> pa.Array:
        parts = [_written(prefix, moment, noise(n)) for n in _chunks(count)]
        return pa.concat_arrays(parts) if parts else pa.array([], pa.string())

    return mint


def fresh(mint: Mint, count: int, taken: pa.Array | pa.ChunkedArray) -> pa.Array:
    """That many ids of which none was ever given: a seeded minter repeats itself from run to run."""
    found = pa.array([], pa.string())
    while len(found) < count:
        drawn = mint(count - len(found)).unique()
        for known in (taken, found):
            drawn = drawn.filter(pc.invert(pc.is_in(drawn, value_set=known)))
        found = pa.concat_arrays([found, drawn])
    return found


def _chunks(count: int) -> list[int]:
    return [min(_CHUNK, count - start) for start in range(0, count, _CHUNK)]


def _written(prefix: str, moment: int, noise: bytes) -> pa.Array:
    """Ids as text: 128 bits in 26 digits of five bits, the first two bits being zero."""
    count = len(noise) // _NOISE
    raw = np.empty((count, 16), dtype=np.uint8)
    raw[:, :6] = np.frombuffer(moment.to_bytes(6, "big"), dtype=np.uint8)
    raw[:, 6:] = np.frombuffer(noise, dtype=np.uint8).reshape(count, _NOISE)
    bits = np.zeros((count, 130), dtype=np.uint8)
    bits[:, 2:] = np.unpackbits(raw, axis=1)
    digits: npt.NDArray[np.uint8] = bits.reshape(count, 26, 5) @ np.array([16, 8, 4, 2, 1], dtype=np.uint8)
    text = np.ascontiguousarray(_LETTERS[digits]).view("S26").ravel()
    return pc.binary_join_element_wise(f"{prefix}_", pa.array(text.astype("U26"), pa.string()), "")
