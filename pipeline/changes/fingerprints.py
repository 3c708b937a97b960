"""What of ours could change a release without anything happening in the world, as short digests in its manifest.

Belongs here: which files and settings count. Of the ledger only the ids of its rows, which are random, so that nobody
can try out whom a digest means; of the settings nothing that may hold a secret.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.changes.coverage import covered
from pipeline.changes.feed import Decided
from pipeline.ledger import files
from pipeline.privacy.needles import any_of
from pipeline.privacy.suppression import Suppressions
from pipeline.settings import Settings

ROOM = Path(__file__).parents[1]
FILES = {
    "policy": ("pipeline/privacy/*.yml",),
    "rules": ("pipeline/dedupe/*.yml", "pipeline/identity/*.yml", "data/weights/*.yml", "data/reference/*.csv",
              "pipeline/sources/**/*.yml"),
    "code": ("pipeline/**/*.py",),
}  # fmt: skip


def of(settings: Settings) -> dict[str, str]:
    """The digests of this run: schema, policy, suppressions, rules, code."""
    shape = [
        (t.name, t.key, [(c.name, c.type, c.required) for c in t.columns]) for t in schema.tables(stage="catalogue")
    ]
    published = [
        sorted(settings.municipality_codes),
        settings.contact_persons,
        sorted(settings.hide_addresses_of),
        sorted((s.id, s.kind) for s in settings.sources),
    ]
    hidden = [
        sorted(row["id"] for row in files.holding(files.read(settings.ledger_dir, name)))
        for name in ("suppressions", "opt_outs")
    ]
    return {
        "schema": _digest([schema.SCHEMA_VERSION, shape]),
        "policy": _digest([published, _of_files("policy")]),
        "suppressions": _digest(hidden),
        "rules": _of_files("rules"),
        "code": _of_files("code"),
    }


def decided(
    now: Mapping[str, str],
    before: Mapping[str, Any] | None,
    rules: Suppressions,
    previous: Mapping[str, pa.Table] | None,
) -> Decided:
    """What differs since the release before.

    Args:
        now: The digests of this run.
        before: Manifest of the release before; null before the first. One without digests tells its schema only.
        rules: What is suppressed.
        previous: Published tables of the release before.
    """
    if before is None or previous is None:
        return Decided()
    was: Mapping[str, str] = before.get("fingerprints") or {}

    def differs(*names: str) -> bool:
        return any(name in was and was[name] != now[name] for name in names)

    hidden: Iterable[str] = ()
    if differs("suppressions"):
        hidden = rules.records | rules.entities | rules.fields.keys() | _named(rules, previous)
    return Decided(
        schema=differs("schema") or before["schema_version"] != schema.SCHEMA_VERSION,
        policy=differs("policy", "suppressions"),
        rules=not was or differs("rules", "code"),
        suppressed=frozenset(hidden),
    )


def _named(rules: Suppressions, previous: Mapping[str, pa.Table]) -> set[str]:
    """The entities of which the release before held a value of a suppressed person."""
    found: set[str] = set()
    for one in covered() if rules.needles else ():
        data = previous[one.name]
        hit = pa.array([False] * len(data), pa.bool_())
        for column in (c for c in data.column_names if pa.types.is_string(data.schema.field(c).type)):
            values = data.column(column).combine_chunks()
            hit = pc.or_(hit, pc.fill_null(pc.match_substring_regex(values, any_of(rules.needles)), False))
        for owner in one.owners:
            found.update(v for v in data.filter(hit).column(owner).to_pylist() if v)
    return found


@cache
def _of_files(name: str) -> str:
    """Digest of the files of one sort, by path and content; a file that is not installed counts as not there."""
    listed = {p for pattern in FILES[name] for p in ROOM.parent.glob(pattern) if p.is_file()}
    return _digest([(p.relative_to(ROOM.parent).as_posix(), _digest_of(p)) for p in sorted(listed)])


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
