"""One function per stage: what it reads from disk, which logic it calls, what it leaves on disk.

The assets of Dagster and the commands of `koonti` call these and nothing else. A function returns what happened;
it raises `Stop` only when nothing may be published.
"""

from pipeline.stages.deciding import assign_ids, match_records
from pipeline.stages.publishing import build_catalogue, publish
from pipeline.stages.records import open_records, record_folders
from pipeline.stages.sources import Progress, land_source, take_snapshot

__all__ = [
    "Progress",
    "assign_ids",
    "build_catalogue",
    "land_source",
    "match_records",
    "open_records",
    "publish",
    "record_folders",
    "take_snapshot",
]
