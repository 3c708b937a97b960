"""Several organisations in one cell: `A ry ja B ry`. Split only when every part carries its own legal form.

Names with `ja` or `/` inside are common, and so are names in two languages (`X ry / Y rf`), which are one
organisation; those stay whole.
"""

import re
from functools import lru_cache

_FORM = (
    r"(?:r\.?\s?y|r\.?\s?f|r\.?\s?p|sr|srk|oy|ab|osk|anl|ky|tmi)\b\.?(?::\w{1,4})?"
    r"|\w*(?:säätiö|stiftelse|seurakunta|församling)\b"
)
_ENDS = re.compile(rf"(?:^|[\s,(])(?:{_FORM})\s*\)?\s*$", re.I)
_ANYWHERE = re.compile(rf"(?:^|[\s,(])(?:{_FORM})(?=$|[\s,)/;:–-])", re.I)
_SWEDISH = re.compile(r"(?:^|[\s,(])(?:r\.?\s?f|ab|anl|\w*(?:stiftelse|församling))\b\.?\s*\)?\s*$", re.I)
_SEPARATORS = (  # tried in this order: all of them, then the stronger ones alone
    re.compile(r"\s*[\n;/,]\s*|\s+(?:ja|sekä|och|samt|and|&|\+)\s+", re.I),
    re.compile(r"\s*[\n;]\s*|\s\+\s"),
    re.compile(r"\s*/\s*"),
)
_WORD_BETWEEN = re.compile(r"\s*(?:ja|sekä|och|samt|and|&|\+)\s", re.I)
_HINT = re.compile(r"[\n;/,&+]| ja | sekä | och | samt | and ", re.I)


def has_legal_form(name: str) -> bool:
    """True when a name carries a legal form (ry, rf, sr, säätiö…) as a word of its own."""
    return bool(_ANYWHERE.search(name))


@lru_cache(maxsize=50_000)
def parts(name: str) -> tuple[str, ...]:
    """The organisations that a cell names; one part, the cell itself, unless it is plainly several."""
    if not _HINT.search(name):
        return (name,)
    for separator in _SEPARATORS:
        found = _each_with_form(separator.split(name))
        if found:
            return (name,) if _is_one_in_two_languages(name, found) else tuple(found)
    return (name,)


def _each_with_form(pieces: list[str]) -> list[str]:
    """The pieces, when there are several and each ends in a legal form and is more than that."""
    named = [piece.strip() for piece in pieces if piece.strip()]
    if len(named) < 2 or not all(_ENDS.search(piece) and len(_ENDS.sub("", piece).strip()) > 1 for piece in named):
        return []
    return named


def _is_one_in_two_languages(name: str, found: list[str]) -> bool:
    """Two parts, one of them with a Swedish legal form, and a mark but no word (`ja`, `och`) between them."""
    between = name[name.index(found[0]) + len(found[0]) :]
    swedish = sum(bool(_SWEDISH.search(part)) for part in found)
    return len(found) == 2 and swedish == 1 and not _WORD_BETWEEN.match(between)
