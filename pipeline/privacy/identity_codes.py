"""Finds Finnish personal identity codes (henkilötunnus) in text; they are never kept and never published.

The rule is that of the Digital and Population Data Services Agency: DDMMYY, a mark of the century, a number of three
digits, and a check character, the first nine digits modulo 31. Since 2023 each century has several marks:
`+` for the 1800s, `-` and Y X W V U for the 1900s, A B C D E F for the 2000s. Numbers 900 to 999 are given to nobody.
Belongs here: the code itself. What a text may say otherwise is in `scan`.
"""

import re
from datetime import date
from typing import overload

DASHES = "-‐‑‒–—−"
PREFILTER = r"\d{6}[ \x{a0}]?[+" + DASHES.replace("-", r"\-") + r"A-FU-Ya-fu-y][ \x{a0}]?\d{3}[0-9A-Za-z]"
"""What a text with a code surely has, in the words of RE2 (Arrow, DuckDB): for bulk, before `find`."""
MASK = "[henkilötunnus poistettu]"
"""What stands in a text where a personal identity code was: "personal identity code removed"."""

_CODE = re.compile(
    rf"(?<!\d)(\d{{2}})(\d{{2}})(\d{{2}})[ \u00a0]?([+{re.escape(DASHES)}A-FU-Ya-fu-y])[ \u00a0]?"
    r"(\d{3})([0-9A-Za-z])(?![^\W_])"
)
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CENTURY = {"+": 1800, **dict.fromkeys(DASHES + "UVWXY", 1900), **dict.fromkeys("ABCDEF", 2000)}


def find(text: str | None) -> list[tuple[int, int]]:
    """Where codes stand in a text, as (start, end).

    Counts what has a real date, a number from 002 up and the right check character, so that phone numbers and dates
    with dashes are left alone. Letters may touch a code in front ("hetu131052-308T"), digits may not.
    """
    if not text:
        return []
    return [match.span() for match in _CODE.finditer(text) if _is_code(match)]


def check_character(nine_digits: str) -> str:
    """The check character of DDMMYY and the number of three digits."""
    return _CHECK[int(nine_digits) % 31]


def _is_code(match: re.Match[str]) -> bool:
    day, month, year, mark, serial, check = match.groups()
    if not all(part.isascii() for part in (day, month, year, serial)) or int(serial) < 2:
        return False
    try:
        date(_CENTURY[mark.upper()] + int(year), int(month), int(day))
    except ValueError:
        return False
    return check_character(day + month + year + serial) == check.upper()


@overload
def mask(text: str) -> str: ...
@overload
def mask(text: None) -> None: ...
def mask(text: str | None) -> str | None:
    """The text with `MASK` in the place of every code; the same text when there is none."""
    if text is None:
        return None
    for start, end in reversed(find(text)):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text
