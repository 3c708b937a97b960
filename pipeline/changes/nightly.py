"""Where a nightly run meets the feed: what is read from the release before, and what the next one must remember."""

from collections.abc import Mapping

import pyarrow as pa

from pipeline import storage
from pipeline.changes import fingerprints
from pipeline.changes.coverage import covered
from pipeline.changes.feed import BESIDE, compute
from pipeline.exports.release import Release
from pipeline.privacy.suppression import Suppressions
from pipeline.settings import Settings

FINGERPRINTS = "fingerprints"
"""Key of a manifest: the digests that the next run compares with its own."""


def changes(
    settings: Settings,
    tables: Mapping[str, pa.Table],
    records: pa.Table,
    *,
    before: Release | None,
    version: str,
    rules: Suppressions,
) -> tuple[pa.Table, dict[str, str]]:
    """The table `change` of this run, and its digests for the manifest.

    Args:
        settings: The configuration of this run.
        tables: The tables to be published.
        records: Record table `record` of all sources.
        before: The published release.
        version: Version of this run.
        rules: What is suppressed.
    """
    folder = before.path / "parquet" if before else None
    previous = {n: storage.read_table(folder, n) for n in (*(c.name for c in covered()), *BESIDE)} if folder else None
    now = fingerprints.of(settings)
    made = compute(
        previous,
        tables,
        version=version,
        previous_version=before.version if before else None,
        decided=fingerprints.decided(now, before.manifest if before else None, rules, previous),
        records=records.select(["record_id", "raw_hash", "content_hash", "lifecycle"]),
    )
    return made, now
