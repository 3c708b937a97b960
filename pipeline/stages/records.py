"""The record tables of all sources, as the stages after the second see them."""

from pathlib import Path

import duckdb

from pipeline import schema, storage
from pipeline.privacy import upkeep
from pipeline.settings import Settings


def record_folders(settings: Settings) -> list[Path]:
    """Folders of record tables that are there."""
    rules = upkeep.rules_of(settings)
    folders = [settings.records_dir / s.id for s in settings.sources if not upkeep.opted_out(s, rules)]
    return [f for f in folders if storage.read_manifest(f)]


def open_records(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A connection in which every record table of all sources together is a table of its name."""
    con = storage.session()
    folders = record_folders(settings)
    names = (table.name for table in schema.tables(stage="records"))
    for name, data in storage.at_once(lambda name: storage.union(folders, name), names).items():
        storage.put(con, name, data)
    return con
