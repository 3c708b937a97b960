"""What the ledger files may hold, loaded from `files.yml`.

Belongs here: columns, and whether one cell is right. Reading and writing files is in `files`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.shipped import shipped

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
HELSINKI = ZoneInfo("Europe/Helsinki")
_FINNISH = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s+(?:klo\s+)?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a ledger file."""

    name: str
    about: str
    needed: str = ""
    """`always`, `decision` (all rows but those that only revoke) or empty."""
    type: str = "text"
    """text, id, moment, date or code."""
    one_of: tuple[str, ...] = ()

    def mistake(self, value: str) -> str | None:
        """What is wrong with a filled cell; null when it can be used."""
        if self.type == "code" and value not in self.one_of:
            return f"{self.name} is '{value}'; allowed: {', '.join(self.one_of)}"
        if self.type == "id" and not _ID.fullmatch(value):
            return f"{self.name} is '{value}'; an id has only letters, digits and _ . : -"
        if self.type == "moment" and moment(value) is None:
            return f"{self.name} is '{value}', which is no time; write it like 2026-03-31T12:00:00Z"
        if self.type == "date" and day(value) is None:
            return f"{self.name} is '{value}', which is no date; write it like 2026-03-31"
        return None


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One of the ledger files."""

    name: str
    about: str
    prefix: str
    """Starts the ids that commands give."""
    columns: Mapping[str, Column]


@cache
def specs() -> dict[str, FileSpec]:
    """All ledger files by name."""
    raw = shipped(Path(__file__).with_name("files.yml"))
    return {
        name: FileSpec(
            name,
            entry["about"],
            entry["prefix"],
            {
                c: Column(c, o["about"], o.get("needed", ""), o.get("type", "text"), tuple(o.get("one_of", ())))
                for c, o in entry["columns"].items()
            },
        )
        for name, entry in raw["files"].items()
    }


def moment(text: str) -> datetime | None:
    """A time in UTC: ISO 8601 (without a zone it is UTC), or the Finnish form (Finnish time); null when neither."""
    found = _FINNISH.fullmatch(text.strip())
    try:
        if found:
            d, m, y, hour, minute, second = (int(g or 0) for g in found.groups())
            return datetime(y, m, d, hour, minute, second, tzinfo=HELSINKI).astimezone(UTC)
        made = datetime.fromisoformat(text.strip())
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """A day: 2026-03-31 or 31.3.2026; null when neither."""
    found = _FINNISH.fullmatch(text.strip())
    try:
        if found and not found[4]:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
