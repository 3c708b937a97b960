"""Which column is which field, by the name of the column; the spellings are in `headers.yml`.

Free of any platform and any file format, so that whoever reads a table by its column names can use it.
It decides by names alone and never looks at the values below them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

_FOOTNOTE = re.compile(r"\[\w{1,3}\]|(?<=\D)\d\)|[*†¹²³]+")
_BRACKETS = re.compile(r"\([^)]*\)")
_BILINGUAL = re.compile(r"\s*[|/\n]\s*")
_LONGEST = 200
"""Letters of a column name; a longer cell is none."""
_NOT_WORD = re.compile(r"[\W_]+")


@cache
def _rules() -> Mapping[str, Any]:
    with (Path(__file__).parent / "headers.yml").open(encoding="utf-8") as stream:
        rules: dict[str, Any] = yaml.safe_load(stream)
    return rules


@cache
def known_fields() -> tuple[str, ...]:
    """Every field that a column can be."""
    return tuple(_rules()["fields"])


@cache
def repeatable_fields() -> frozenset[str]:
    """Fields that several columns may fill."""
    return frozenset(_rules()["repeatable"])


@cache
def _spellings() -> dict[str, tuple[str, int]]:
    """Key of a spelling -> field and rank; a lower rank is a better name for the field."""
    found: dict[str, tuple[str, int]] = {}
    for field, spellings in _rules()["fields"].items():
        for rank, spelling in enumerate(spellings):
            found.setdefault(key(spelling), (field, rank))
    return found


@cache
def _prefixes(which: str) -> tuple[str, ...]:
    return tuple(sorted((key(word) for word in _rules()[which]), key=len, reverse=True))


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """A column name without what people vary: case, dots over letters, spaces, punctuation, footnote marks."""
    plain = unicodedata.normalize("NFKD", _FOOTNOTE.sub("", text)).casefold()
    bare = unicodedata.normalize("NFKD", plain)
    return _NOT_WORD.sub("", "".join(sign for sign in bare if not unicodedata.combining(sign)))


@lru_cache(maxsize=2_000)
def role_of(header: str) -> str | None:
    """The role that a column of persons is named after (Puheenjohtaja); null for a plain contact person."""
    return header.strip() if key(header) in {key(role) for role in _rules()["roles"]} else None


def _lookup(word: str) -> tuple[str, int] | None:
    spellings = _spellings()
    bare = word.rstrip("0123456789")
    for candidate in (word, bare):
        if candidate in spellings:
            return spellings[candidate]
    for prefix in _prefixes("person_prefixes"):
        if bare.startswith(prefix) and (hit := spellings.get(bare[len(prefix) :])):
            personal = _rules()["person_fields"].get(hit[0])
            if personal:
                return personal, hit[1] + 100
    for prefix in _prefixes("owner_prefixes"):
        if bare.startswith(prefix) and (hit := spellings.get(bare[len(prefix) :])):
            return hit
    return None


@lru_cache(maxsize=20_000)
def field_of(header: str) -> tuple[str, int] | None:
    """Field and rank of one column name; null when it is not known.

    The whole name counts first, then the name without brackets, then each side of a bilingual name
    (`Y-tunnus | FO-nummer`).
    """
    without = _BRACKETS.sub(" ", header)
    for candidate in (header, without, *_BILINGUAL.split(without)):
        if hit := _lookup(key(candidate)):
            return hit
    return None


def columns_of(headers: Sequence[str | None], mapping: Mapping[str, Iterable[str]] | None = None) -> dict[int, str]:
    """Column index -> field. `mapping` (field -> column names) goes before what is recognised.

    A field of `mapping` without column names is read from no column. Fields that are not repeatable get one
    column: the best spelling, then the leftmost.
    """
    given = {field: [key(name) for name in names] for field, names in (mapping or {}).items()}
    keys = [key(header) if header and len(header) <= _LONGEST else "" for header in headers]
    chosen: dict[int, str] = {}
    for field, names in given.items():
        for name in names:
            if name in keys:
                chosen.setdefault(keys.index(name), field)
    hits: list[tuple[str, int, int]] = []
    for column, header in enumerate(headers):
        if header and keys[column] and column not in chosen and (hit := field_of(header)) and hit[0] not in given:
            hits.append((hit[0], hit[1], column))
    hits.extend(_together(keys, {field for field, _, _ in hits} | set(given), chosen))
    taken = set(chosen.values())
    for field, _, column in sorted(hits, key=lambda hit: (hit[1], hit[2])):
        if field not in taken or field in repeatable_fields():
            taken.add(field)
            chosen[column] = field
    _settle_address(chosen)
    return dict(sorted(chosen.items()))


def _together(keys: list[str], known: set[str], chosen: Mapping[int, str]) -> Iterator[tuple[str, int, int]]:
    """Single letters (N and E) count only when both are there and nothing better is."""
    for group in _rules()["together"]:
        if known & set(group):
            continue
        columns = [next((keys.index(word) for word in words if word in keys), None) for words in group.values()]
        if all(column is not None and column not in chosen for column in columns):
            for field, column in zip(group, columns, strict=True):
                yield field, 0, column or 0


def _settle_address(chosen: dict[int, str]) -> None:
    """`Osoite` beside a postal code or post office is the street; alone it is the whole address."""
    fields = set(chosen.values())
    if "street_address" in fields:
        return
    for field in ("address", "postal_address"):
        if field in fields and fields & {"postal_code", "city", "postal_code_and_city"}:
            chosen[next(column for column, name in chosen.items() if name == field)] = "street_address"
            return


def recognise(headers: Sequence[str | None]) -> dict[str, int]:
    """Field -> column index, for a list of column names; of a repeatable field the leftmost column."""
    found: dict[str, int] = {}
    for column, field in columns_of(headers).items():
        found.setdefault(field, column)
    return found
