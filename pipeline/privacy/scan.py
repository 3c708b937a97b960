"""Searches what people wrote for identity codes, and for phone numbers and e-mail addresses that are persons'.

In bulk: one RE2 pattern per column (Arrow) finds the few texts that could hold something, Python looks at those.
What it decides: a mobile number or an address of a personal form in running text is a person's, unless the same
source gives it as some body's own contact, or its mailbox is a desk's (`policy`). Landlines and desks stay.
The issue tells what was found and where, never the value.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.privacy import identity_codes
from pipeline.privacy.policy import policy

PHONE_MASK = "[puhelinnumero poistettu]"
EMAIL_MASK = "[sähköpostiosoite poistettu]"
OWNERS = ("link_id", "record_id", "organization_id", "service_id", "location_id", "id")
NAMES = ("name", "alternate_name")
_GAP = r"[\s\u00a0\-./()‐‑–]*"
_PHONE = re.compile(rf"(?<![\d+])(?:(?:\+|00)\s?358{_GAP}0?|\(?0){_GAP}[1-9](?:{_GAP}\d){{5,9}}(?!\d)")
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:@|\s?[(\[](?:at|ät|a|@)[)\]]\s?)[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}", re.IGNORECASE
)
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?\d{4}){3,6}(?:\s?\d{1,4})?\b")
"""A bank account number (IBAN), in which any digits may stand."""
_AT = re.compile(r"\s?[(\[](?:at|ät|a|@)[)\]]\s?", re.IGNORECASE)
CONTACT_PREFILTER = r"@|[(\[](?:at|ät|a)[)\]]|[04][\d\s\x{a0}\-./()‐‑–]{5,}\d|358"
PREFILTER = f"{CONTACT_PREFILTER}|{identity_codes.PREFILTER}"


@dataclass(frozen=True, slots=True)
class Known:
    """Contacts that some body gives as its own."""

    numbers: frozenset[str] = frozenset()
    """Digits after the country."""
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A text without what must not stand in it, and the issue codes of what did."""

    text: str
    codes: tuple[str, ...]


def scan(text: str, known: Known, *, contacts: bool = True) -> Found:
    """Masks one text; `contacts=False` looks for identity codes only."""
    codes = []
    clean = identity_codes.mask(text)
    if clean != text:
        codes.append("personal_identity_code")
    if contacts:
        before = clean
        if "@" in clean or _AT.search(clean):
            clean = _EMAIL.sub(lambda m: EMAIL_MASK if _is_personal_address(m[0], known) else m[0], clean)
        accounts = [m.span() for m in _ACCOUNT.finditer(clean)]
        clean = _PHONE.sub(lambda m: PHONE_MASK if _is_personal_number(m, known, accounts) else m[0], clean)
        if clean != before:
            codes.append("personal_contact_in_text")
    return Found(clean, tuple(codes))


def mask_contacts(text: str, numbers: frozenset[str], addresses: frozenset[str]) -> str:
    """The text without these numbers (digits after the country) and addresses."""
    clean = _EMAIL.sub(lambda m: EMAIL_MASK if _address(m[0]) in addresses else m[0], text)
    return _PHONE.sub(lambda m: PHONE_MASK if national(m[0]) in numbers else m[0], clean)


def national(number: str) -> str:
    """The digits of a Finnish number after its country or trunk zero; those of another as they are."""
    digits = re.sub(r"\D", "", number)
    return re.sub(r"^(?:(?:00)?3580?|0)", "", digits)


def _is_personal_number(found: re.Match[str], known: Known, accounts: list[tuple[int, int]]) -> bool:
    if any(start <= found.start() < end for start, end in accounts):
        return False
    digits = national(found[0])
    return policy().is_mobile(f"+358{digits}") and digits not in known.numbers


def _is_personal_address(found: str, known: Known) -> bool:
    address = _address(found)
    return policy().may_be_personal(address) and address not in known.addresses


def _address(found: str) -> str:
    return _AT.sub("@", found).casefold().strip(".")


def scan_tables(tables: Mapping[str, pa.Table], source: str) -> dict[str, pa.Table]:
    """The record tables of a source with their texts masked and the findings added to `issue`."""
    known = known_contacts(tables)
    clean = dict(tables)
    found: dict[str, dict[str, str | None]] = {}
    for name, data in tables.items():
        for column, contacts in searched(name):
            made = _column(data, column, known, contacts=contacts)
            if made is None:
                continue
            values, hits = made
            clean[name] = data = data.set_column(
                data.column_names.index(column), data.schema.field(column), pa.chunked_array([values])
            )
            for row, codes in hits:
                for code in codes:
                    issue = _issue(source, _owner(data, row), _field(name, data, column, row), code)
                    found[str(issue["id"])] = issue
    if found:
        before = clean["issue"]
        ids = set(before.column("id").to_pylist())
        rows = [issue for key, issue in sorted(found.items()) if key not in ids]
        clean["issue"] = pa.concat_tables([before, schema.table_from_rows("issue", rows)]).sort_by("id")
    return clean


def known_contacts(tables: Mapping[str, pa.Table]) -> Known:
    """The numbers and addresses that the record tables give as a body's own."""
    phone = tables["phone"]
    own = phone.filter(pc.is_null(phone.column("contact_id"))).column("number").unique().to_pylist()
    addresses = set(tables["email"].column("email").unique().to_pylist())
    return Known(frozenset(national(n) for n in own), frozenset(addresses - {None}))


@cache
def searched(table: str) -> tuple[tuple[str, bool], ...]:
    """The columns of a table that people write, and whether contacts are looked for in them beside identity codes."""
    columns = []
    for column in schema.table(table).columns:
        if column.type != "string" or column.name.endswith("_id") or column.name == "id":
            continue
        if table in ("normalised", "assertion"):
            if column.name in ("value", "raw_value"):
                columns.append((column.name, False))
        elif column.data_class == "free_text" or (column.name in NAMES and column.data_class == "public"):
            columns.append((column.name, True))
    return tuple(columns)


def _column(
    data: pa.Table, column: str, known: Known, *, contacts: bool
) -> tuple[pa.Array, list[tuple[int, tuple[str, ...]]]] | None:
    """The cleaned values of a column and the rows in which something was found; null when nothing was."""
    values = data.column(column).combine_chunks()
    pattern = PREFILTER if contacts else identity_codes.PREFILTER
    rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(values, pattern), False))
    hits, masked = [], []
    for row, text in zip(rows.to_pylist(), values.take(rows).to_pylist(), strict=True):
        result = scan(text, known, contacts=contacts)
        if result.codes:
            hits.append((row, result.codes))
            masked.append(result.text)
    if not hits:
        return None
    is_hit = pc.is_in(pa.array(range(len(values))), value_set=pa.array([row for row, _ in hits]))
    return pc.replace_with_mask(values, is_hit, pa.array(masked, values.type)), hits


def _owner(data: pa.Table, row: int) -> str | None:
    for column in OWNERS:
        if column in data.column_names and (value := data.column(column)[row].as_py()):
            return str(value)
    return None


def _field(table: str, data: pa.Table, column: str, row: int) -> str:
    """The field in the words of the schema: that of a text, else table and column."""
    if "field" in data.column_names and (value := data.column("field")[row].as_py()):
        return str(value)
    return column if table in ("organization", "service", "location") else f"{table}.{column}"


def _issue(source: str, record_id: str | None, field: str, code: str) -> dict[str, str | None]:
    key = "\x1f".join(str(part) for part in (source, record_id, code, field))
    meaning = schema.codelist("issue_code")[code].rstrip(".")
    return {
        "id": hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:20],
        "source": source,
        "record_id": record_id,
        "level": "warning",
        "code": code,
        "field": field,
        "value": None,
        "message": f"{field}: {meaning}. Take it out in the source.",
    }
