"""A digest of what the platform sent about one item, before anything of ours has read it.

It tells a change of the source from a change of the code that reads it. Equal JSON gives equal digests, whatever the
order of its keys; of a page or a row it is that of the page or the row. A parser that cannot tell which part of an
answer an item came from gives none, and the digest of the whole snapshot stands for it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pipeline.sources.items import Item, Parsed


def digest(sent: Any) -> str:
    """32 hexadecimal digits of bytes, or of anything that JSON can hold."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent, sort_keys=True, default=str).encode("ascii")
    return hashlib.sha256(body).hexdigest()[:32]


def of_rows(header: Sequence[str]) -> Callable[[Sequence[str | None]], str]:
    """The digest of rows below a header: that of `[header, row]`, many times over."""
    start = f"[{json.dumps(header)}, ["
    written = json.encoder.encode_basestring_ascii

    def of(row: Sequence[str | None]) -> str:
        cells = ", ".join(["null" if cell is None else written(cell) for cell in row])
        return hashlib.sha256(f"{start}{cells}]]".encode("ascii")).hexdigest()[:32]

    return of


def stamped(parsed: Iterable[Parsed], sent: Any) -> Iterator[Parsed]:
    """What was read from one object of the source; its items carry the digest of that object."""
    mark = digest(sent)
    for one in parsed:
        if isinstance(one, Item):
            one.raw = mark
        yield one
