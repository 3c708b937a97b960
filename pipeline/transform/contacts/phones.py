"""Reads phone numbers: one cell to any number of them, in one form for each."""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from pipeline.transform.values import Reading, is_empty

_NOTE = re.compile(r"\s*\(([^()]*[^\W\d_][^()]*)\)")
_LOOKS_LIKE_NUMBER = re.compile(r"\d(?:[\s\-./]?\d){4,}")
_BUSINESS_ID = re.compile(r"\d{7}-\d")
_SERVICE = re.compile(r"0(?:100|200|202|300)\d{0,5}|0[678]00\d{1,6}")
"""National service numbers, reached by their national form only (Traficom's numbering regulation 32)."""
_SHORT = re.compile(r"1\d{2,5}")
"""Short numbers that have no area code: 112, 116117, 118…"""
_SHORT_IN_TEXT = re.compile(r"(?<![\d+])1\d{2}(?:\s?\d{3})?(?!\d)")


class PhoneNumber(NamedTuple):
    """One phone number."""

    number: str
    """E.164 with a plus sign; national service numbers (0800…) and short numbers (116117) as digits."""
    description: str | None = None
    """The note that stood in parentheses behind it, or its extension."""
    is_service_number: bool = False
    """True when it stays as digits."""


@lru_cache(maxsize=50_000)
def _phones(raw: str, prefix: str | None, is_service_number: bool) -> tuple[Reading[PhoneNumber], ...]:
    text = _with_prefix(raw.strip(), prefix)
    digits = re.sub(r"[\s\-.]", "", text)
    if _is_short(digits, told=is_service_number) or (is_service_number and _SERVICE.fullmatch(digits)):
        return (Reading(PhoneNumber(digits, None, True)),)

    found, rest = _scan(text)
    if found:  # two numbers with only a space between them hide one another: look at what was left once more
        again = [_scan(piece) for piece in rest]
        found = [one for more, _ in again for one in more] + found
        rest = [piece for _, pieces in again for piece in pieces]
    answer: list[Reading[PhoneNumber]] = []
    for one in found:
        if all(one.number != earlier.value.number for earlier in answer if earlier.value):
            answer.append(Reading(one))
    for piece in rest:
        plain = _NOTE.sub(" ", piece)
        for word in _SHORT_IN_TEXT.findall(plain):
            short = re.sub(r"\s", "", word)
            if _is_short(short, told=is_service_number):
                answer.append(Reading(PhoneNumber(short, None, True)))
                plain = plain.replace(word, " ")
        if _LOOKS_LIKE_NUMBER.search(plain):
            answer.append(Reading(None, "phone_invalid"))
    return tuple(dict.fromkeys(answer)) or (Reading(None, "phone_invalid"),)


def _scan(text: str) -> tuple[list[PhoneNumber], list[str]]:
    """The numbers in a text that the numbering plans know, and the pieces of text between them."""
    found: list[PhoneNumber] = []
    rest, end = [], 0
    for match in PhoneNumberMatcher(text, "FI", leniency=Leniency.POSSIBLE, max_tries=20):
        number = _form(match, text)
        if number is None:
            continue
        rest.append(text[end : match.start])
        note = _NOTE.match(text, match.end)
        end = note.end() if note else match.end
        description = " ".join(note[1].split()) if note else None
        if description is None and match.number.extension:
            description = f"alanumero {match.number.extension}"
        found.append(PhoneNumber(number, description, not number.startswith("+")))
    return found, [*rest, text[end:]]


def phones(raw: str | None, prefix: str | None = None, is_service_number: bool = False) -> list[Reading[PhoneNumber]]:
    """The phone numbers of a cell, each once, in their order.

    `prefix` is a country prefix that the source keeps apart (+358); numbers without a country are Finnish.
    `is_service_number` is the source's word that a number has no international form.
    Only numbers that the numbering plans know are read; anything else that looks like a number is `phone_invalid`.
    """
    if raw is None or is_empty(raw):
        return []
    return list(_phones(raw, prefix, is_service_number))


def _with_prefix(text: str, prefix: str | None) -> str:
    """The number with its country prefix; a trunk zero in front of it goes, a second prefix is not added."""
    country = re.sub(r"\D", "", prefix or "").removeprefix("00")
    if not country or text.startswith(("+", "00")) or re.sub(r"\D", "", text).startswith(country):
        return text
    if country == "358" and re.match(r"0\d", text):
        return text
    return f"+{country} {text.removeprefix('0')}"


def _is_short(digits: str, *, told: bool) -> bool:
    """A short number is believed when the source calls it a service number, or the numbering plan knows it."""
    if not _SHORT.fullmatch(digits) or not digits.isascii():
        return False
    if told:
        return True
    parsed = phonenumbers.PhoneNumber(country_code=358, national_number=int(digits))
    return bool(phonenumbers.is_valid_short_number_for_region(parsed, "FI"))


def _form(match: phonenumbers.PhoneNumberMatch, text: str) -> str | None:
    """The one form of a matched number; null when it is not in a numbering plan, or is a number of another kind."""
    if not phonenumbers.is_valid_number(match.number) or _BUSINESS_ID.fullmatch(match.raw_string):
        return None
    starts_well = match.raw_string.lstrip("( ").startswith(("+", "0", "358"))
    if not starts_well and _NOTE.sub("", text).strip() != match.raw_string:
        return None  # a number without its trunk zero is believed only when it fills the cell
    if match.number.country_code == 358:
        national = f"0{match.number.national_number}"
        if _SERVICE.fullmatch(national):
            return national
    plain = phonenumbers.PhoneNumber()
    plain.merge_from(match.number)
    plain.extension = None
    return str(phonenumbers.format_number(plain, PhoneNumberFormat.E164))
