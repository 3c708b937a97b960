"""Writes what somebody asked to suppress into the ledger: checked, resolved to records, readable for its owner only."""

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline import storage
from pipeline.exports import release
from pipeline.ledger import files
from pipeline.privacy.clearing import owned_records
from pipeline.privacy.suppression import kind_of, mistake
from pipeline.settings import Settings
from pipeline.storage import Stop


def ask(
    settings: Settings,
    *,
    targets: Iterable[str],
    field_name: str | None,
    values: Iterable[str],
    reason: str,
    author: str | None,
) -> list[files.Row]:
    """The rows that were added to `suppressions.csv`; raises `Stop` for a target that is not known.

    An entity is written as the records it stands for, a record with the services and places that belong to it, so
    that each row holds by itself, whatever becomes of the ids.
    """
    rows: list[dict[str, str]] = []
    for value in values:
        plain = " ".join(value.split())
        rows.append({"scope": "person", "field": kind_of("", plain), "value": plain})
    for target in targets:
        if field_name:
            _known(settings, target)
            rows.append({"scope": "field", "target": target, "field": field_name})
            continue
        rows += [{"scope": "record", "target": r} for r in owned_records(settings, _known(settings, target))]
    for row in rows:
        if wrong := mistake(row["scope"], row.get("target", ""), row.get("field", ""), row.get("value", "")):
            raise Stop(wrong)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rest = {"reason": reason, "author": author or getpass.getuser(), "decided_at": now}
    path = files.path_of(settings.ledger_dir, "suppressions")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.chmod(0o600)
    written = files.append_all(
        settings.ledger_dir, "suppressions", [row | rest for row in rows], data_dir=settings.data_dir
    )
    path.chmod(0o600)
    return written


def _known(settings: Settings, target: str) -> list[str]:
    """The records that are meant."""
    if ":" in target:
        return [target]
    published = release.latest(settings.releases_dir)
    rows = storage.read_table(published.path / "parquet", "entity_record").to_pylist() if published else []
    found = [r["record_id"] for r in rows if r["entity_id"] == target and r["is_current"]]
    if not found:
        raise Stop(f"'{target}' is neither a record (source:id) nor an id of the published release.")
    return found
