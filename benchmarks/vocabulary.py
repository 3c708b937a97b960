"""The words of `vocabulary.yml` as families of bodies, and further invented families where a large world needs them."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "vocabulary.yml"


@dataclass(frozen=True, slots=True)
class Family:
    """An umbrella and the patterns of its chapters' names."""

    key: str
    known: bool
    formal: str
    usual: tuple[str, ...]
    short: tuple[str, ...]
    swedish: tuple[str, ...]
    national: str
    district: str
    abbreviation: str
    language: str
    weight: float


@cache
def words() -> Mapping[str, Any]:
    """The whole file; lists of words split."""
    with FILE.open(encoding="utf-8") as stream:
        raw: dict[str, Any] = yaml.safe_load(stream)
    return {k: v.split() if isinstance(v, str) else v for k, v in raw.items()}


@cache
def families() -> tuple[Family, ...]:
    """The families that are written out in the file."""
    return tuple(
        Family(
            key=f["key"],
            known=f["known"],
            formal=f["formal"],
            usual=tuple(f["usual"]),
            short=tuple(f["short"]),
            swedish=tuple(f.get("swedish", ())),
            national=f["national"],
            district=f["district"],
            abbreviation=f["abbreviation"],
            language=f.get("language", "fi"),
            weight=f["weight"],
        )
        for f in words()["families"]
    )


def more_families(rng: random.Random) -> Iterator[Family]:
    """Invented families without end, no two of one name: a stem with a head, one of the patterns."""
    vocabulary = words()
    seen: set[str] = set()
    number = 0
    while True:
        stem, head = rng.choice(vocabulary["stems"]), rng.choice(vocabulary["stem_heads"])
        name = stem + head if number < 900 else stem + rng.choice(vocabulary["stems"]).lower() + head
        if name in seen:
            continue
        seen.add(name)
        p = rng.choice(vocabulary["generated"])
        abbreviation = (stem[0] + head[0] + p["letters"]).upper() + ("" if number < 300 else stem[-1].upper())

        def fill(text: str, name: str = name, abbreviation: str = abbreviation) -> str:
            return text.replace("{X}", name).replace("{x}", name.lower()).replace("{A}", abbreviation)

        yield Family(
            key=f"x{number}-{name.lower().translate(str.maketrans('äö', 'ao'))}",
            known=False,
            formal=fill(p["formal"]),
            usual=tuple(fill(t) for t in p["usual"]),
            short=tuple(fill(t) for t in p["short"]),
            swedish=(),
            national=fill(p["national"]),
            district="",
            abbreviation=abbreviation if p["letters"] else "",
            language="fi",
            weight=1.0,
        )
        number += 1
