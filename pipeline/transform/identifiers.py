"""Reads register numbers.

Belongs here: the numbers the Finnish registers give to bodies.
Does not belong here: the platforms' own ids, which stay verbatim, and the codes of people (`pipeline.privacy`).
"""

import re
from functools import lru_cache

from pipeline.transform.values import NOTHING, Reading, is_empty

_DASHES = re.compile(r"\s*[-‐‑‒–—−_]\s*")
_BUSINESS_ID = re.compile(r"(?<![\w-])(?:FI\s?)?([0-9]{6,7})-?([0-9])(?![\w-])", re.IGNORECASE)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)

_ASSOCIATION_NUMBER = re.compile(r"(?:[^\d]*?[\s:.])?([0-9]{1,3}[.\s][0-9]{3}|[0-9]{1,6})(?:\.0)?", re.DOTALL)


def business_id_check_digit(digits: str) -> int | None:
    """The check digit of a Y-tunnus for its first seven digits; null when no number may be given out for them.

    The Tax Administration's rule: weights 7, 9, 10, 5, 8, 4, 2, sum modulo 11; remainder 0 gives 0, 1 is not used,
    any other is taken from 11.
    """
    remainder = sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11
    if remainder == 1:
        return None
    return 0 if remainder == 0 else 11 - remainder


@lru_cache(maxsize=50_000)
def business_id(raw: str | None) -> Reading[str]:
    """A Y-tunnus (business id) as `1234567-8`, only with a right check digit.

    Understands a label in front, the VAT form `FI12345678`, other dashes, a missing dash and a lost leading zero
    (old six-digit numbers). A cell with two different valid ids is ambiguous: null, like any other text, with
    `business_id_invalid`.
    """
    if raw is None or is_empty(raw):
        return NOTHING
    text = re.sub(r"(?<=\d)\.0$", "", _DASHES.sub("-", raw.strip()))
    found = set()
    for match in _BUSINESS_ID.finditer(text):
        digits, check = match[1].zfill(7), match[2]
        if business_id_check_digit(digits) == int(check) and digits != "0000000":
            found.add(f"{digits}-{check}")
    return Reading(found.pop()) if len(found) == 1 else Reading(None, "business_id_invalid")


@lru_cache(maxsize=50_000)
def association_number(raw: str | None) -> Reading[str]:
    """A number of the register of associations, one to six digits without separators or leading zeros.

    The register prints a dot before the last three digits (201.199); sources also write a space or a label in front.
    """
    if raw is None or is_empty(raw):
        return NOTHING
    match = _ASSOCIATION_NUMBER.fullmatch(raw.strip())
    number = re.sub(r"\D", "", match[1]).lstrip("0") if match else ""
    return Reading(number) if number else Reading(None, "association_number_invalid")
