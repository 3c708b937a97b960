"""Rows of a list that are alike, landed together: each distinct value is cleaned once, rows are made as columns.

What it decides: which column goes where, by looking at the item of one row of marks; and which rows are plain: a tidy
name, and of everything else one value in which nothing is odd. Other rows are landed as items (`entities`); the tables
are the same either way. How the rows of the tables are made is in `columns`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.items import Address, Email, Identifier, Item, Link, Listed, Name, Phone
from pipeline.transform.contacts import emails, phones, url
from pipeline.transform.identifiers import association_number, business_id
from pipeline.transform.landing.collector import Collector
from pipeline.transform.landing.columns import Cleaned, Plain, put_plain
from pipeline.transform.landing.entities import digest, land_item, said
from pipeline.transform.places import resolve_address
from pipeline.transform.values import Reading

_SIGNS = "[!-~ÅÄÖåäöÉéÜü]+"
TIDY_NAME = rf"^{_SIGNS}(?: {_SIGNS})*$"
"""Names that cleaning leaves as they are: composed letters and single spaces, nothing that could be damage."""
HAS_WORD = "[0-9A-Za-zÅÄÖåäöÉéÜü]"
IDENTIFIERS: dict[str, Callable[[str], list[Reading[str]]]] = {
    "business_id": lambda raw: [business_id(raw)],
    "association_number": lambda raw: [association_number(raw)],
}
PLACE_PARTS = ("street", "postal_code", "city", "municipality", "municipality_code", "line")
_MARK = re.compile(r"'@(\d+)@'")


def land_listed(c: Collector, listed: Listed) -> None:
    """Adds the organisations of rows that are alike."""
    if not listed.rows:
        return
    marks = [f"@{number}@" if cell else None for number, cell in enumerate(listed.rows[0])]
    sample = listed.item(f"@{len(marks)}@", marks)
    if not _is_simple(sample):
        for item in listed.items():
            land_item(c, item)
        return
    columns = _columns(listed)
    hashes = _hashes(sample, columns)
    if c.has_earlier:
        listed, hashes = _left(c, listed, hashes, sample)
        if not listed.rows:
            return
        columns = _columns(listed)
    names = _column(sample.names[0].value, columns)
    cleaned = _cleaned(sample, columns)
    record_ids = [c.record_id(native_id) for native_id in listed.native_ids]
    is_plain = np.array([not c.has(one) for one in record_ids], dtype=bool)
    for pattern in (TIDY_NAME, HAS_WORD):
        is_plain &= np.asarray(pc.match_substring_regex(pa.array(names, pa.string()), pattern))
    for column in cleaned.values():
        is_plain &= column.is_plain[column.of]
    for row in np.flatnonzero(~is_plain).tolist():
        land_item(c, listed.made(row))
    rows = np.flatnonzero(is_plain)
    chosen = rows.tolist()
    put_plain(
        c,
        Plain(
            sample=sample,
            rows=rows,
            native_ids=[listed.native_ids[row] for row in chosen],
            record_ids=[record_ids[row] for row in chosen],
            raw_hashes=[listed.raw[row] or c.snapshot_digest for row in chosen],
            hashes=[hashes[row] for row in chosen],
            names=[names[row] for row in chosen],
            cleaned=cleaned,
        ),
    )


def _columns(listed: Listed) -> list[Sequence[str | None]]:
    """The cells by column; the last column is that of the native ids."""
    return [*zip(*listed.rows, strict=True), listed.native_ids]


def _left(c: Collector, listed: Listed, hashes: list[str], sample: Item) -> tuple[Listed, list[str]]:
    """The rows that are not as last time, with their content hashes; the others are taken over."""
    record_ids = [c.record_id(native_id) for native_id in listed.native_ids]
    left = c.takes_over_all(record_ids, hashes, sample.fetched_at, listed.raw)
    if len(left) == len(hashes):
        return listed, hashes
    kept = replace(
        listed,
        native_ids=[listed.native_ids[row] for row in left],
        rows=[listed.rows[row] for row in left],
        raw=[listed.raw[row] for row in left],
    )
    return kept, [hashes[row] for row in left]


def _is_simple(item: Item) -> bool:
    """Whether an item has nothing but a name, one of each kind of contact, an address and register numbers."""
    kinds = [one.type for one in item.identifiers]
    simple = Item(
        "organization",
        item.native_id,
        fetched_at=item.fetched_at,
        names=[Name(one.value) for one in item.names[:1]],
        identifiers=[Identifier(one.type, one.value) for one in item.identifiers],
        phones=[Phone(one.value) for one in item.phones[:1]],
        emails=[Email(one.value) for one in item.emails[:1]],
        links=[Link(one.value, is_main=True) for one in item.links[:1]],
        addresses=[Address(**{part: getattr(one, part) for part in PLACE_PARTS}) for one in item.addresses[:1]],
        organization_type=item.organization_type,
        status=item.status,
    )
    return (
        item == simple and len(item.names) == 1 and len(set(kinds)) == len(kinds) and IDENTIFIERS.keys() >= set(kinds)
    )


def _urls(raw: str) -> list[Reading[str]]:
    return [url(raw)]


def _column(value: str | None, columns: Sequence[Sequence[str | None]]) -> Sequence[str | None]:
    """The values that go where the sample has `value`: those of the column it marks, or for every row the same."""
    mark = _MARK.fullmatch(repr(value))
    return columns[int(mark[1])] if mark else [value] * len(columns[0])


def _cleaned(item: Item, columns: Sequence[Sequence[str | None]]) -> dict[str, Cleaned]:
    """What the columns say, by field."""
    found = {}
    for one in item.identifiers:
        found[one.type] = Cleaned.of_values(_column(one.value, columns), IDENTIFIERS[one.type])
    for phone in item.phones:
        found["phone"] = Cleaned.of_values(_column(phone.value, columns), phones)
    for mail in item.emails:
        found["email"] = Cleaned.of_values(_column(mail.value, columns), emails)
    for link in item.links:
        found["website"] = Cleaned.of_values(_column(link.value, columns), _urls)
    for address in item.addresses:
        parts = [_column(getattr(address, part), columns) for part in PLACE_PARTS]
        found["address"] = Cleaned.of_places(
            zip(*parts, strict=True), lambda values: resolve_address(**dict(zip(PLACE_PARTS, values, strict=True)))
        )
    return found


def _hashes(sample: Item, columns: list[Sequence[str | None]]) -> list[str]:
    """The content hash of each row's item, from what the sample says with the row's values in the place of marks."""
    pieces = _MARK.split(said(sample))
    text = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    written = {number: list(map(repr, columns[number])) for number in {int(one) for one in pieces[1::2]}}
    return [digest(text % row) for row in zip(*(written[int(one)] for one in pieces[1::2]), strict=True)]
