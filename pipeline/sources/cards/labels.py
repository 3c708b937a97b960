"""Values with labels: definition lists, tables with headings, and lines such as 'Puhelin: 044 901 0001'.

What it decides: which words are a label and which field of ours it stands for, by the table of labels. What the
values become is decided in `card`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from bs4 import Tag

from pipeline.sources.cards.page import Line, lines, text_of
from pipeline.sources.cards.site import folded

LINE = re.compile(r"^([^:]{1,60}?)\s*:\s*(\S.*)$")
PARTS = re.compile(r"\s*[,;|•·]\s*")
LONGEST_LABEL = 60


@dataclass(slots=True)
class Labelled:
    """What stands behind the labels of one card: field -> values in order, and labels nobody knows."""

    values: dict[str, list["Value"]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def texts(self, name: str) -> list[str]:
        """Values of a field, each on one line."""
        return [text for value in self.values.get(name, []) if (text := value.text)]

    def first(self, name: str) -> str | None:
        """The first value of a field; null for none."""
        return next(iter(self.texts(name)), None)

    def parts(self, name: str) -> list[str]:
        """Values of a field that lists several things, taken apart at line ends, commas and bullets."""
        told = [line.text for value in self.values.get(name, []) for line in value.lines]
        return [part for text in told for part in PARTS.split(text) if part]


@dataclass(slots=True)
class Value:
    """What stands behind one label."""

    label: str
    lines: list[Line]
    element: Tag | None = None
    """The element that holds only this value; null when it is part of a line."""

    @property
    def text(self) -> str:
        """The value on one line."""
        return ", ".join(line.text.strip(" ,") for line in self.lines)

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links in it: address and words."""
        return [link for line in self.lines for link in line.links]


def labelled(root: Tag, table: Mapping[str, str], label_selector: str) -> Labelled:
    """All values with labels below an element; takes the lists and rows of values out of it.

    A label of a list or of a heading cell counts whether it is known or not. Words before a colon in running text
    count only when they are known, or set apart in bold; so does a known label alone on a line before its value.
    """
    found = Labelled()
    for label, element in (*_definitions(root), *_rows(root, table)):
        _add(found, table, Value(label, lines(element), element), is_certain=True)
    for tag in [*root.find_all("dl"), *(e.parent for _, e in _rows(root, table) if e.parent)]:
        tag.extract()
    bold = {folded(text_of(tag)) for tag in root.select(label_selector)}
    rest = lines(root)
    for line, following in zip_longest(rest, rest[1:]):
        key = folded(line.text)
        if match := LINE.match(line.text):
            label, words = match.groups()
            _add(found, table, Value(label, [Line(words, line.links)]), is_certain=folded(label) in bold)
        elif (
            table.get(key) not in (None, "description")
            and (key in bold or line.text.endswith(":"))
            and following
            and not LINE.match(following.text)
            and folded(following.text) not in bold
        ):
            _add(found, table, Value(line.text, [following]), is_certain=False)
    return found


def _add(found: Labelled, table: Mapping[str, str], value: Value, *, is_certain: bool) -> None:
    key = folded(value.label)
    if key in table:
        if value.lines:
            found.values.setdefault(table[key], []).append(value)
    elif is_certain and value.lines and key:
        found.unknown.append(key[:LONGEST_LABEL])


def _definitions(root: Tag) -> Iterator[tuple[str, Tag]]:
    for term in root.find_all("dt"):
        label = text_of(term)
        for sibling in term.find_next_siblings():
            if sibling.name == "dt":
                break
            if sibling.name == "dd":
                yield label, sibling


def _rows(root: Tag, table: Mapping[str, str]) -> Iterator[tuple[str, Tag]]:
    """Rows of a label and a value; the large cells of tables that only lay out a page are none."""
    for row in root.find_all("tr"):
        cells = row.find_all(["th", "td"], recursive=False)
        if len(cells) != 2 or cells[1].name != "td":
            continue
        label = text_of(cells[0])
        if len(label) <= LONGEST_LABEL and (cells[0].name == "th" or label.endswith(":") or folded(label) in table):
            yield label, cells[1]
