"""How an importing service follows the feed: the reference that the tests hold the feed to.

For every row of `change`: in each table that it names, take out the rows of that entity and put in the rows that the
new release has of it. The order of the rows does not matter, doing it twice changes nothing more, and an entity that
has ended has no rows to put in.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.changes.coverage import Covered, covered


def apply(
    previous: Mapping[str, pa.Table] | None, changes: pa.Table, release: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """The tables of the feed after following it, each by its key.

    Args:
        previous: Tables of the release before, by name; null before the first.
        changes: Table `change` of the new release.
        release: Tables of the new release; only rows of entities in `changes` are taken from it.
    """
    made = {}
    for one in covered():
        before = schema.upgraded(one.name, previous[one.name]) if previous else schema.empty(one.name)
        touched = _touched(one, changes)
        kept = before.select(schema.arrow_schema(one.name).names).filter(pc.invert(_is_of(one, before, touched)))
        fresh = release[one.name].filter(_is_of(one, release[one.name], touched))
        rows = pa.concat_tables([schema.conform(one.name, kept), schema.conform(one.name, fresh)])
        made[one.name] = rows.sort_by([(column, "ascending") for column in schema.table(one.name).key])
    return made


def differences(followed: Mapping[str, pa.Table], release: Mapping[str, pa.Table]) -> list[str]:
    """Tables that following the feed did not make equal to the release in the columns that count; none is right."""
    wrong = []
    for one in covered():
        order = [(column, "ascending") for column in schema.table(one.name).key]
        made, meant = (side[one.name].sort_by(order).select(one.columns) for side in (followed, release))
        if not made.equals(meant):
            wrong.append(one.name)
    return wrong


def _touched(one: Covered, changes: pa.Table) -> pa.Array:
    """The entities whose rows in a table have changed."""
    tables = pc.binary_join_element_wise("", changes.column("tables"), "", "|")
    named = pc.fill_null(pc.match_substring(tables, f"|{one.name}|"), True)
    return changes.filter(named).column("entity_id").combine_chunks()


def _is_of(one: Covered, data: pa.Table, entities: pa.Array) -> pa.ChunkedArray:
    owner = pc.coalesce(*(data.column(c) for c in one.owners)) if len(one.owners) > 1 else data.column(one.owners[0])
    return pc.is_in(owner, value_set=entities)
