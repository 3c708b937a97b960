"""The feeds of the releases that are kept, for people: what changed from one to another, and the past of one entity.

Belongs here: which releases there are and how their feeds are put one after the other. How it is printed is in
`commands.changes` and `commands.explain`.
"""

import json
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage
from pipeline.exports.release import MANIFEST
from pipeline.storage import connect

ORDER = "suppressed merged split retired left created revived updated redirected".split()
"""Operations in the order in which people want to see them: what may break a reference first."""


class UnknownVersion(Exception):
    """A version that is not among the releases that are kept; the message says which are."""


@dataclass(frozen=True, slots=True)
class Span:
    """The feeds between two releases."""

    first: str | None
    """The release before the first feed; null when that is the very first one."""
    last: str
    feeds: tuple[pa.Table, ...]
    """Table `change` of each release, the oldest first."""


def versions(releases: Path) -> list[str]:
    """The releases that are kept and whole, the oldest first."""
    if not releases.is_dir():
        return []
    return sorted(p.name for p in releases.iterdir() if p.suffix != ".partial" and (p / MANIFEST).is_file())


def span(releases: Path, start: str | None, end: str | None) -> Span:
    """The feeds after the release `start` up to the release `end`.

    Without `end` the newest release, without `start` the one before `end`. Raises `UnknownVersion` for a version that
    is not kept, that has no feed, or when releases in between are missing.
    """
    kept = versions(releases)
    if not kept:
        raise UnknownVersion(f"{releases} holds no release; run koonti sync or koonti demo.")
    for version in (start, end):
        if version and version not in kept:
            near = get_close_matches(version, kept, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnknownVersion(f"there is no release '{version}'; kept are {_listed(kept)}.{hint}")
    last = end or kept[-1]
    if start and start >= last:
        raise UnknownVersion(f"'{start}' is not before '{last}'; name the older release with --from.")
    feeds: list[pa.Table] = []
    at: str | None = last
    while at and at != start:
        manifest = json.loads((releases / at / MANIFEST).read_text(encoding="utf-8"))
        if "change" not in manifest["rows"]:
            raise UnknownVersion(f"release {at} was made before there was a change feed; name a later one with --from.")
        feeds.insert(0, storage.read_table(releases / at / "parquet", "change"))
        at = manifest["previous_version"]
        if start is None:
            break
        if at is not None and at != start and at not in kept:
            raise UnknownVersion(f"release {at}, between {start} and {last}, is not kept any more.")
    return Span(at, last, tuple(feeds))


def _listed(kept: list[str]) -> str:
    return ", ".join(kept) if len(kept) <= 4 else f"{kept[0]} … {kept[-1]} ({len(kept)} releases)"


def counts(found: Span) -> list[dict[str, Any]]:
    """operation, cause, kind, n: how often each occurs, over all feeds of the span."""
    sql = "SELECT operation, cause, kind, count(*) AS n FROM feed GROUP BY ALL ORDER BY 1, 2, 3"
    rows = _asked(found.feeds, sql)
    return sorted(rows, key=lambda r: (ORDER.index(r["operation"]), r["kind"], r["cause"]))


def rows(found: Span, *, limit: int | None = None, kind: str | None = None) -> list[dict[str, Any]]:
    """Changes, best first: organisations before services and places, ends of ids before updates."""
    ranks = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(ORDER))
    sql = f"""
        SELECT * FROM feed WHERE $kind IS NULL OR kind = $kind
        ORDER BY kind <> 'organization', CASE operation {ranks} END, version, name NULLS LAST, entity_id LIMIT $limit
    """
    return _asked(found.feeds, sql, {"kind": kind, "limit": limit if limit is not None else 1_000_000_000})


def past(releases: Path, ids: Collection[str]) -> list[dict[str, Any]]:
    """What the kept feeds tell of some entities, the oldest first; releases without a feed tell nothing."""
    feeds = [storage.read_table(releases / v / "parquet", "change") for v in versions(releases)]
    wanted = pa.array(sorted(ids), pa.string())
    found = [f.filter(pc.is_in(f.column("entity_id"), value_set=wanted)) for f in feeds]
    return _asked(found, "SELECT * FROM feed ORDER BY version, entity_id") if found else []


def _asked(feeds: Collection[pa.Table], sql: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    with closing(connect()) as con:
        con.register("feed", pa.concat_tables(list(feeds)))
        cursor = con.execute(sql, values or {})
        columns = [d[0] for d in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
