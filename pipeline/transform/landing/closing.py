"""Links between the records of one source: kept when they lead to a record, else left out and told as an issue.

Tables are *open* while links are as the source gave them, and *closed* when those that lead nowhere are out. What was
taken out stands in the table `dangling`, so that closed tables can be opened again when some of their records are
exchanged. Works on whole columns: a country has a hundred thousand records.
"""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.transform.landing.collector import issue_row

Tables = dict[str, pa.Table]
DANGLING = pa.schema(
    [(name, pa.string()) for name in ("table", "row_id", "record_id", "wanted", "issue_id")],
    metadata={"description": "Links of records that lead to no record of the source."},
)
OWNERS = {"organization": "parent_organization_id", "service": "organization_id", "location": "organization_id"}
PLACES = "service_at_location"
ROW_NUMBER = r"#[a-z_]+[0-9]+$"
"""What a detail row's id has behind the id of its record."""


def close(tables: Tables, source: str) -> tuple[Tables, pa.Table]:
    """Closed tables, and what dangled: an owner or parent becomes null, a place is left out, both with an issue."""
    record = tables["record"]
    ids = {kind: _ids(record, kind) for kind in ("organization", "location")}
    made = dict(tables)
    lost: list[dict[str, str]] = []
    issues: list[dict[str, object]] = []
    for name, column in OWNERS.items():
        made[name], rows = _cut(tables[name], name, "id", column, ids["organization"])
        for row in rows:
            message = (
                f"Names the organisation '{row['wanted']}', which the source does not have; the link was left out."
            )
            _tell(issues, row, source, "unknown_organization", message, column)
        lost += rows
    made["record"], rows = _cut(record, "record", "record_id", "owner_record_id", ids["organization"])
    lost += rows
    places = tables[PLACES]
    known = pc.is_in(places.column("location_id"), value_set=ids["location"])
    made[PLACES] = places.filter(known)
    for one in places.filter(pc.invert(known)).to_pylist():
        row = {"table": PLACES, "row_id": one["id"], "record_id": one["service_id"], "wanted": one["location_id"]}
        message = f"The service names the place '{row['wanted']}', which the source does not have."
        _tell(issues, row, source, "unknown_location", message, "locations")
        lost.append(row)
    made["issue"] = pa.concat_tables([tables["issue"], schema.table_from_rows("issue", issues)])
    return made, pa.Table.from_pylist(lost, schema=DANGLING)


def reopen(tables: Tables, dangling: pa.Table) -> Tables:
    """The open tables of closed ones."""
    made = dict(tables)
    for name, column in {**OWNERS, "record": "owner_record_id"}.items():
        lost = dangling.filter(pc.equal(dangling.column("table"), name))
        if lost.num_rows:
            made[name] = _restored(tables[name], "record_id" if name == "record" else "id", column, lost)
    lost = dangling.filter(pc.equal(dangling.column("table"), PLACES))
    rows = [
        {"id": row["row_id"], "service_id": row["record_id"], "location_id": row["wanted"], "description": None}
        for row in lost.to_pylist()
    ]
    made[PLACES] = pa.concat_tables([tables[PLACES], schema.table_from_rows(PLACES, rows)])
    told = pc.is_in(tables["issue"].column("id"), value_set=dangling.column("issue_id").drop_null())
    made["issue"] = tables["issue"].filter(pc.invert(told))
    return made


def exchanged(tables: Tables, newer: Tables, record_ids: Collection[str]) -> Tables:
    """Open tables in which everything of these records is that of `newer`; what has no record stays and is added."""
    gone = pa.array(sorted(record_ids), pa.string())
    made = {}
    for name, data in tables.items():
        if name == "unread_field":
            made[name] = _counted(data, newer[name])
            continue
        kept = data.filter(pc.invert(pc.is_in(record_of(name, data), value_set=gone))) if len(gone) else data
        more = newer[name]
        if name == "issue":  # those without a record may be told again
            more = more.filter(pc.invert(pc.is_in(more.column("id"), value_set=kept.column("id").combine_chunks())))
        made[name] = pa.concat_tables([kept, more])
    return made


def record_of(name: str, data: pa.Table) -> pa.ChunkedArray:
    """The record of each row."""
    if "record_id" in data.column_names:
        return data.column("record_id")
    if name in OWNERS:
        return data.column("id")
    return pc.replace_substring_regex(data.column("id"), ROW_NUMBER, "")


def _counted(before: pa.Table, now: pa.Table) -> pa.Table:
    """Unread fields of both: a delta reads few records, so the counts of the last full pass stay where larger."""
    both = pa.concat_tables([before, now]).group_by(["source", "field"]).aggregate([("occurrences", "max")])
    return schema.conform("unread_field", both.rename_columns(["source", "field", "occurrences"]))


def _ids(record: pa.Table, kind: str) -> pa.Array:
    return record.filter(pc.equal(record.column("kind"), kind)).column("record_id").combine_chunks()


def _cut(data: pa.Table, name: str, key: str, column: str, known: pa.Array) -> tuple[pa.Table, list[dict[str, str]]]:
    """The table with links to unknown records emptied, and a row for each of them."""
    links = data.column(column)
    bad = pc.and_(pc.is_valid(links), pc.invert(pc.is_in(links, value_set=known)))
    if not pc.any(bad).as_py():
        return data, []
    lost = data.filter(bad).select([key, column]).to_pylist()
    rows = [{"table": name, "row_id": r[key], "record_id": r[key], "wanted": r[column]} for r in lost]
    position = data.column_names.index(column)
    emptied = pc.if_else(bad, pa.scalar(None, pa.string()), links)
    return data.set_column(position, data.schema.field(position), emptied), rows


def _restored(data: pa.Table, key: str, column: str, lost: pa.Table) -> pa.Table:
    place = pc.index_in(data.column(key), value_set=lost.column("row_id").combine_chunks())
    wanted = pc.take(lost.column("wanted").combine_chunks(), place.combine_chunks())
    position = data.column_names.index(column)
    return data.set_column(position, data.schema.field(position), pc.coalesce(data.column(column), wanted))


def _tell(issues: list[dict[str, object]], row: dict[str, str], source: str, code: str, text: str, field: str) -> None:
    made = issue_row(source, code, text, record_id=row["record_id"], field=field, value=row["wanted"], level="warning")
    row["issue_id"] = str(made["id"])
    issues.append(made)
