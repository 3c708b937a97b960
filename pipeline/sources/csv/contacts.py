"""One cell with a person, phone numbers and e-mail addresses (`Maija Malli, 040 000 0123, maija@example.fi`).

What has the shape of an address or a number is taken out, verbatim; what is left is a person and perhaps a role.
What is neither (a street, a remark with digits) is handed back as not read.
"""

import re
from dataclasses import dataclass, field

_EMAIL = re.compile(r"[\w.+'-]+\s?(?:@|\(at\)|\[at\]|\(ät\))\s?[\w-]+(?:\.[\w-]+)+", re.I)
_WEB = re.compile(r"(?:https?://|www\.)[^\s,;]+", re.I)
_PHONE = re.compile(r"(?<![\w.])(?:\+|\(\+)?\(?\d(?:[\d\s()/.-]| - ){4,}\d(?!\w)")
_LABEL = re.compile(
    r"(?:\b(?:puhelin|puh|p|gsm|matkapuh|tel|tfn|sähköposti|s-posti|sposti|e-?mail|e-?post|www)\b[.:]*\s*)+", re.I
)
_PIECES = re.compile(r"\s*[,|/]\s*|\s[-–]\s|\t")
_PERSONS = re.compile(r"\s*[\n;]\s*")


@dataclass(slots=True)
class Reached:
    """What one cell says on how to reach somebody."""

    persons: list[tuple[str, str | None]] = field(default_factory=list)
    """Name and role; the role is null when there is none."""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    """What could not be read."""


def taken_apart(text: str) -> Reached:
    """The parts of a contact cell. Lines and semicolons stand between persons, commas between their data."""
    found = Reached()
    for segment in _PERSONS.split(text):
        segment = _take(_EMAIL, segment, found.emails)
        segment = _take(_WEB, segment, found.links)
        segment = _take_phones(segment, found.phones)
        pieces = [piece.strip(" .:-–()") for piece in _PIECES.split(_LABEL.sub(" ", segment))]
        words = [piece for piece in pieces if piece and not any(sign.isdigit() for sign in piece)]
        found.rest += [piece for piece in pieces if any(sign.isdigit() for sign in piece)]
        if words:
            found.persons.append((words[0], ", ".join(words[1:]) or None))
    return found


def _take(pattern: re.Pattern[str], text: str, into: list[str]) -> str:
    into.extend(match.group() for match in pattern.finditer(text))
    return pattern.sub(",", text)


def _take_phones(text: str, into: list[str]) -> str:
    def one(match: re.Match[str]) -> str:
        digits = sum(sign.isdigit() for sign in match.group())
        if not 6 <= digits <= 16:
            return match.group()
        into.append(match.group().strip())
        return ","

    return _PHONE.sub(one, text)
