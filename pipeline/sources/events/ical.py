"""The text of an iCalendar file (RFC 5545) as components with properties; what they mean is read in `calendar`.

What it decides: lines are unfolded (§3.1), parameters and escapes are undone (§3.2, §3.3.11), and a file that is
broken somewhere is read as far as it is sound.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

START = b"BEGIN:VCALENDAR"
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
ESCAPES = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its value still escaped, its parameters with upper-case names."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value of a property of type TEXT."""
        return ESCAPES.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.value)

    def parts(self) -> list[str]:
        """The values of a list of texts, taken apart at commas that are not escaped."""
        found = re.findall(r"(?:\\.|[^,\\])+", self.value)
        return [part for p in found if (part := ESCAPES.sub(r"\1", p).strip())]


@dataclass(slots=True)
class Component:
    """A component such as VEVENT; components inside it (alarms) are left out."""

    kind: str
    properties: list[Property] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Every property of a name."""
        return [p for p in self.properties if p.name == name]

    def first(self, name: str) -> Property | None:
        """The first property of a name; null for none."""
        return next((p for p in self.properties if p.name == name), None)

    def text(self, name: str) -> str | None:
        """The text of the first property of a name; null when it is empty."""
        found = self.first(name)
        return (found.text.strip() or None) if found else None


def is_calendar(body: bytes) -> bool:
    """True for what begins as a calendar does."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(START)].upper() == START


def is_whole(body: bytes) -> bool:
    """True when the calendar is closed at its end."""
    return body.rstrip()[-200:].upper().rstrip().endswith(b"END:VCALENDAR")


def components(body: bytes) -> Iterator[Component]:
    """The events of a calendar, and its own properties as a component VCALENDAR, which comes last."""
    calendar = Component("VCALENDAR")
    event: Component | None = None
    depth = 0
    for line in _unfolded(_text(body)):
        made = _property(line)
        if made is None:
            continue
        kind = made.value.strip().upper()
        if made.name == "BEGIN":
            if event is None and kind == "VEVENT":
                event, depth = Component("VEVENT"), 0
            elif kind != "VCALENDAR":
                depth += 1
        elif made.name == "END":
            if event is not None and kind == "VEVENT":
                yield event
                event, depth = None, 0
            elif kind != "VCALENDAR":
                depth = max(0, depth - 1)
        elif depth == 0:
            (event or calendar).properties.append(made)
    yield calendar


def _text(body: bytes) -> str:
    """UTF-8, as the standard says; a file that is not is read as Windows-1252, which old programs write."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_mostly_sound = body[: error.start].decode("utf-8", "replace").isascii() is False
        return body.decode("utf-8-sig", "replace") if is_mostly_sound else body.decode("windows-1252", "replace")


def _unfolded(text: str) -> list[str]:
    """Lines; one that begins with a blank continues the one before it."""
    found: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t") and found:
            found[-1] += line[1:]
        elif line:
            found.append(line)
    return found


def _property(line: str) -> Property | None:
    match = NAME.match(line)
    if match is None:
        return None
    position = match.end()
    parameters: dict[str, str] = {}
    while (found := PARAMETER.match(line, position)) is not None:
        parameters[found[1].upper()] = found[2].strip('"')
        position = found.end()
    if line[position : position + 1] != ":":
        return None
    return Property(match[0].upper(), line[position + 1 :], parameters)
