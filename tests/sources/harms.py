"""What goes wrong in pages, calendars, feeds and files, where a fault cannot be made in JSON alike for all.

Each function makes a text wrong the way the fault of its name does; `faults` gives it the text and says how many
answers were hit before.
"""

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

Text = Callable[[str, int], str]
"""The text of an answer, and the number of the hit -> the text to send instead."""
UNKNOWN = "KoontiUnknown"
DATES = ("2026-12-01", "1.12.2026", "1796083200", "ensi tiistaina")
"""Four kinds of dates: ISO 8601, Finnish, seconds since 1970, words."""
_LINKED = re.compile(r'(<script type="application/ld\+json">)(.*?)(</script>)', re.S)
_NEXT = re.compile(r'<a rel="next".*?</a>|<atom:link rel="next"[^>]*/>')


def endless(listing: str, following: str, thing: str, *, where: str = "</ul>", inside: bool = False) -> Text:
    """A listing whose every page promises another one, with a thing on it that no page had before.

    The thing goes before `where`, the link to the next page behind it, or before it as well when `inside`.
    """

    def change(text: str, number: int) -> str:
        if not re.search(listing, text):
            return text
        new, link = thing.format(n=number), following.format(n=number + 1)
        more = new + link + where if inside else new + where + link
        return _NEXT.sub("", text).replace(where, more, 1)

    return change


def twice(thing: str, name: str, *, word: str = "Muuttunut ") -> Text:
    """The first thing of a listing or file comes a second time under another name."""

    def change(text: str, number: int) -> str:
        found = re.search(thing, text, re.S)
        if found is None:
            return text
        again = re.sub(name, rf"\g<1>{word}\g<2>", found.group(), count=1, flags=re.S)
        return text[: found.end()] + again + text[found.end() :]

    return change


def replaced(*patterns: str, by: str) -> Text:
    """What the second group of each pattern matches, by a word."""

    def change(text: str, number: int) -> str:
        for pattern in patterns:
            text = re.sub(pattern, lambda m: f"{m[1]}{by}{m[3] if m.re.groups > 2 else ''}", text, flags=re.S)
        return text

    return change


def dated(*patterns: str) -> Text:
    """What the second group of each pattern matches, by dates of four kinds in turn."""

    def change(text: str, number: int) -> str:
        turn = count(number)

        def other(found: re.Match[str]) -> str:
            return f"{found[1]}{DATES[next(turn) % 4]}{found[3] if found.re.groups > 2 else ''}"

        for pattern in patterns:
            text = re.sub(pattern, other, text, flags=re.S)
        return text

    return change


def linked(change: Callable[[Any, int], Any], *others: Text) -> Text:
    """A change of the JSON-LD in a page, and of its text."""

    def both(text: str, number: int) -> str:
        def inside(found: re.Match[str]) -> str:
            return found[1] + json.dumps(change(json.loads(found[2]), number), ensure_ascii=False) + found[3]

        text = _LINKED.sub(inside, text)
        for other in others:
            text = other(text, number)
        return text

    return both


def doubled(start: str, end: str) -> Text:
    """Everything between two marks comes twice."""

    def change(text: str, number: int) -> str:
        first, last = text.find(start), text.rfind(end)
        inner = text[first:last]
        return text[:first] + inner + inner + text[last:] if 0 <= first < last else text

    return change


def chain(*changes: Text) -> Text:
    """One change after the other."""

    def change(text: str, number: int) -> str:
        for one in changes:
            text = one(text, number)
        return text

    return change


def rows(change: Callable[[list[list[str]]], list[list[str]]], *, above: int) -> Text:
    """A change of the rows of a file with semicolons, below its first lines."""

    def both(text: str, number: int) -> str:
        lines = text.splitlines()
        changed = change([line.split(";") for line in lines[above:]])
        return "\r\n".join([*lines[:above], *(";".join(row) for row in changed)]) + "\r\n"

    return both
