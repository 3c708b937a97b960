"""Values that already stand in their normal form need no careful reader.

The readers of `transform.contacts` understand what people type and take their time for it (some 50 µs a value). Lists
that come from a system hold plain values; those are recognised here by shape and passed through. The rule of this
module: for every text it answers exactly what `transform` answers, or hands the text on to it.
"""

import re
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneMetadata

from pipeline.matching.cells import MANY, lists_of
from pipeline.transform.contacts import emails, is_shared_host, phones, sites

_PLAIN_PHONE = re.compile(r"(?:\+358 ?|0)([2-9]\d{0,2}[ -]?\d[\d ]{2,9}\d)")
_BUSINESS_ID = re.compile(r"\d{7}-\d")
_SERVICE = re.compile(r"[1-36-9]0")
"""Beginnings of numbers that may be service numbers; the careful reader knows which. 040 and 050 are mobiles."""
_EMAIL = r"^[a-z0-9_]+(?:[.-][a-z0-9_]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24}$"
_ODD_EMAIL = r"xn--|first|nimi|namn"
"""Encoded hosts, and instructions such as etunimi.sukunimi@…"""
_WEB = r"^(?:https?://)?(?:www\.)?(?P<host>(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24})/?$"
_LONGEST = 60


@cache
def _numbering_plan() -> tuple[tuple[frozenset[int], re.Pattern[str]], ...]:
    """(lengths, pattern) of every kind of number of the Finnish plan, as `phonenumbers` ships it."""
    plan: Any = PhoneMetadata.metadata_for_region("FI")
    kinds = (
        plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost,
        plan.personal_number, plan.voip, plan.pager, plan.uan, plan.voicemail,
    )  # fmt: skip
    common = frozenset(plan.general_desc.possible_length)
    return tuple(
        (frozenset(kind.possible_length) or common, re.compile(kind.national_number_pattern))
        for kind in kinds
        if kind is not None and kind.national_number_pattern
    )


def plain_phone(text: str) -> str | None:
    """A Finnish number in E.164 when the text is nothing but one; null when the careful reader must look."""
    match = _PLAIN_PHONE.fullmatch(text)
    if match is None or "  " in text or _BUSINESS_ID.fullmatch(text):
        return None
    digits = match[1].replace(" ", "").replace("-", "")
    if _SERVICE.match(digits):
        return None
    if any(len(digits) in lengths and pattern.fullmatch(digits) for lengths, pattern in _numbering_plan()):
        return f"+358{digits}"
    return None


def read_phones(values: pa.Array) -> pa.Array:
    """The numbers of each text."""
    return lists_of(
        (plain,) if (plain := plain_phone(text)) else [number.number for number, _ in phones(text) if number]
        for text in values.to_pylist()
    )


def read_emails(values: pa.Array) -> pa.Array:
    """The e-mail addresses of each text."""
    plain = pc.and_(
        pc.and_(pc.match_substring_regex(values, _EMAIL), pc.less_equal(pc.utf8_length(values), _LONGEST)),
        pc.invert(pc.match_substring_regex(values, _ODD_EMAIL)),
    )
    return _mostly(values, values, plain, lambda text: [address for address, _ in emails(text) if address])


def read_hosts(values: pa.Array) -> pa.Array:
    """What identifies the site of each web address, see `contacts.sites`."""
    names = pc.struct_field(pc.extract_regex(values, _WEB), "host")
    plain = pc.and_(
        pc.and_(pc.is_valid(names), pc.less_equal(pc.utf8_length(values), _LONGEST)),
        pc.invert(pc.match_substring_regex(values, r"xn--|www\.[a-z]+/?$|www\.www|[^/:]/.|[?#]")),
    )
    found = _mostly(values, names, plain, lambda text: list(sites(text)))
    return lists_of(
        [name for name in listed if "/" in name or not is_shared_host(name)] for listed in found.to_pylist()
    )


def _mostly(values: pa.Array, result: pa.Array, plain: pa.Array, careful: object) -> pa.Array:
    """`result` where the text is plain, else what the careful reader finds."""
    assert callable(careful)
    flags = pc.fill_null(plain, False).to_pylist()
    if all(flags):
        return pa.ListArray.from_arrays(pa.array(range(len(result) + 1), pa.int32()), result)
    return pa.array(
        [
            [done] if ok else careful(text)
            for ok, done, text in zip(flags, result.to_pylist(), values.to_pylist(), strict=True)
        ],
        MANY,
    )
