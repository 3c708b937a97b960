"""Pages that say the same thing several times -> what they say once.

An archive holds a page many times, and pages name the same organisation again and again. What decides which copy
counts, and that an organisation which is only named comes once, stands here; what a page says is read by its connector.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

from pipeline.sources.items import Finding, Item, Parsed
from pipeline.sources.snapshots import Capture

Copy = tuple[bool, str, str, list[Parsed]]
"""Whether it could be read, when it came, its address, and what it says."""
Read = Callable[[Capture], tuple[str, list[Parsed]] | None]
"""Id of the thing a page is about and what the page says; null for a page that is about none."""


def gathered(captures: Iterable[Capture], read: Read, thing: str) -> Iterator[Parsed]:
    """Organisations, then everything else in the order in which the pages first came.

    Of several copies the newest that could be read counts; its address decides ties, so the order is no matter. When
    no page is about a `thing` (a word for people: 'a group'), that is told.
    """
    best: dict[str, Copy] = {}
    pages = 0
    for capture in captures:
        pages += 1
        if found := read(capture):
            native_id, parsed = found
            copy = (any(isinstance(p, Item) for p in parsed), capture.fetched_at.isoformat(), capture.uri, parsed)
            best[native_id] = max(best.get(native_id, copy), copy, key=lambda c: c[:3])
    if pages and not best:
        message = f"None of {pages} pages is {thing}; check 'card' in koonti.yml against the addresses of the site."
        yield Finding("record_unreadable", message)
    bodies: dict[str, Item] = {}
    rest: list[Parsed] = []
    for *_, parsed in best.values():
        for one in parsed:
            if not isinstance(one, Item) or one.kind != "organization":
                rest.append(one)
                continue
            before = bodies.setdefault(one.native_id, one)
            before.fetched_at = min(filter(None, (before.fetched_at, one.fetched_at)), default=None)
    yield from bodies.values()
    yield from rest


def unreadable(native_id: str | None, capture: Capture, thing: str) -> tuple[str, list[Parsed]] | None:
    """A page that is an error or no page at all, as what a `Read` gives; null when it is at no known address."""
    if native_id is None:
        return None
    message = f"The page of {thing} answers HTTP {capture.status}, {len(capture.body)} bytes; not read."
    return native_id, [Finding("record_unreadable", message, native_id, level="warning")]


def saved_as(capture: Capture) -> str | None:
    """The name of a saved file without its extension, the id of a page that does not tell its address; null on the web.

    Such a page counts only when it shows more than a name, which the connector decides.
    """
    return PurePosixPath(capture.uri.removeprefix("file:")).stem if capture.uri.startswith("file:") else None


def is_page(capture: Capture) -> bool:
    """True for an answer that can be read as a page."""
    return capture.status < 400 and b"<" in capture.body[:4000]
