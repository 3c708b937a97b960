"""Which Y-tunnus are asked for: those of a list in koonti.yml and those that stand in a file beside it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.sources.errors import SourceFailed
from pipeline.transform.identifiers import business_id

_IN_TEXT = re.compile(r"(?<![\w-])(?:FI[ -]?)?\d{6,7}[-‐‑–]\d(?![\w-])|(?<![\w-])FI\d{8}(?![\w-])")
LARGEST = 20_000_000
"""Bytes of a file of ids that are read."""


@dataclass(slots=True)
class Wanted:
    """Ids to ask for, in order and each once, and what was given but is none."""

    ids: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)


def wanted(options: dict[str, Any], base_dir: Path, source: str) -> Wanted:
    """The ids of both options; raises `SourceFailed` when they cannot be read or hold no valid one."""
    given = list(_listed(options.get("business_ids"), source))
    if name := options.get("business_ids_file"):
        given += _in_file(base_dir / str(name), str(name))
    found = Wanted()
    for raw in dict.fromkeys(given):
        value = business_id(raw).value
        if value is None:
            found.invalid.append(raw[:40])
        elif value not in found.ids:
            found.ids.append(value)
    if not found.ids:
        several = f"none of {len(given)} values is one" if given else "none is given"
        raise SourceFailed(f"{source}: no Y-tunnus to ask for ({several}). Check business_ids in koonti.yml.")
    return found


def _listed(value: Any, source: str) -> Iterable[str]:
    """The entries of a list, or the words of one string."""
    if value is None:
        return []
    if isinstance(value, (str, int)):
        value = str(value).replace(",", " ").split()
    if not isinstance(value, list):
        raise SourceFailed(f"{source}: business_ids is no list. Write it as [1234567-8, …] in koonti.yml.")
    return [str(entry).strip() for entry in value if entry is not None and str(entry).strip()]


def _in_file(path: Path, shown: str) -> list[str]:
    """Everything in a text file that has the shape of a Y-tunnus."""
    try:
        if path.stat().st_size > LARGEST:
            raise SourceFailed(f"{shown}: larger than {LARGEST // 1_000_000} MB; give a file with ids only.")
        body = path.read_bytes()
    except OSError as error:
        raise SourceFailed(f"{shown}: cannot be read ({error.strerror}). Check business_ids_file.") from None
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", "replace")
    else:
        text = body.decode("utf-8-sig", "replace")
    found = _IN_TEXT.findall(text)
    if not found:
        raise SourceFailed(f"{shown}: no Y-tunnus in it. Give a text or CSV file with ids like 1234567-8.")
    return found
