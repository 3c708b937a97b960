"""Where a nightly run meets the feed: what is read from the release before, and what the next one must remember."""

from collections.abc import Mapping

import pyarrow as pa

from pipeline import storage
from pipeline.changes import fingerprints
from pipeline.changes.coverage import covered
from pipeline.changes.feed import BESIDE, compute
from pipeline.dedupe.last_night import Carried
from pipeline.exports.release import Release
from pipeline.privacy.suppression import Suppressions

FINGERPRINTS = "fingerprints"
"""Key of a manifest: the digests that the next run compares with its own."""


def changes(
    tables: Mapping[str, pa.Table],
    records: pa.Table,
    *,
    before: Release | None,
    version: str,
    rules: Suppressions,
    now: Mapping[str, str],
    carried: Carried | None = None,
    read: Mapping[str, pa.Table] | None = None,
) -> pa.Table:
    """The table `change` of this run.

    Args:
        tables: The tables to be published.
        records: Record table `record` of all sources.
        before: The published release.
        version: Version of this run.
        rules: What is suppressed.
        now: The digests of this run (`fingerprints.of`).
        carried: What was taken over from the catalogue before. Only when the release before was made of that very
            catalogue does it say what cannot differ.
        read: Tables of the release before that were read already, by name.
    """
    folder = before.path / "parquet" if before else None
    same = carried if carried and before and before.manifest.get("catalogue") == carried.before.seal else None
    known = {**(same.before.tables if same else {}), **(read or {})}
    wanted = (*(c.name for c in covered()), *BESIDE)
    previous = storage.read_others(folder, wanted, known) if folder else None
    return compute(
        previous,
        tables,
        version=version,
        previous_version=before.version if before else None,
        decided=fingerprints.decided(now, before.manifest if before else None, rules, previous),
        records=records.select(["record_id", "raw_hash", "content_hash", "lifecycle"]),
        touched=same.touched if same else None,
        renewed=same.renewed if same else None,
    )
