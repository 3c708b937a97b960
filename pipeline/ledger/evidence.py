"""What two records showed when somebody decided on them, as a short fingerprint; and what has changed since.

Belongs here: which values count as evidence. Those that may be written differently without meaning anything else
(order, spelling of forms, streets, other names) do not.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from pipeline.transform import names

PARTS = ("name", "identifiers", "place", "contact")
"""A fingerprint tells these apart, so that it can say what changed."""


def shown(record: Mapping[str, Any]) -> dict[str, str]:
    """Part -> fingerprint of one record, a row of the matching input (`gather.matching_input`)."""
    parsed = names.parse(record["name"])
    form = parsed.legal_form or record.get("legal_form")
    told = {
        "name": [*sorted(parsed.core), parsed.umbrella, parsed.level, parsed.section, parsed.dependent, form],
        "identifiers": [record.get("business_id"), record.get("association_number")],
        "place": [*parsed.place_keys, record.get("municipality_code")],
        "contact": [
            *sorted(record.get("phones") or ()),
            *sorted(record.get("emails") or ()),
            *sorted(record.get("hosts") or ()),
        ],
    }
    return {part: _fingerprint(values) for part, values in told.items()}


def fingerprint(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """The cell `evidence` of a judgement: `name=3f2a91+77b0c4 identifiers=…`, first record first."""
    ours, theirs = shown(a), shown(b)
    return " ".join(f"{part}={ours[part]}+{theirs[part]}" for part in PARTS)


def changed(then: str, now: str) -> list[str]:
    """The parts that differ; none when nothing was written down then, or in another form than today's."""
    before, after = _parts(then), _parts(now)
    return [part for part in PARTS if part in before and before[part] != after.get(part)]


def _parts(text: str) -> dict[str, str]:
    return {name: value for name, sign, value in (word.partition("=") for word in text.split()) if sign}


def _fingerprint(values: list[str | None]) -> str:
    """Six hexadecimal digits: enough to notice a change, too few to tell what it was."""
    joined = "\x1f".join(v or "" for v in values)
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:6]
