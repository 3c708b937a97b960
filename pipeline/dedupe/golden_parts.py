"""Golden rows of services and places: which record gives which value where several describe one.

The first by authority that has a value gives it, with four exceptions: values that only mean something together come
from one record (a description and its language, both ends of an age, of a validity, of coordinates); a kind of its
own goes before PTV's general one; another name is any name but the one shown; what is offered somewhere is offered.
"""

from pipeline.schema import Table

ORDER = "authority, t.id"
TOGETHER = (
    ("description", "description_language"),
    ("minimum_age", "maximum_age"),
    ("valid_from", "valid_to"),
    ("latitude", "longitude", "coordinate_origin"),
    ("is_free", "fees_description"),
)
"""Columns that one record gives: the first in which any of them is told."""
GENERAL_KIND = "public_service"
OFFERED = "active"


def columns(table: Table) -> list[str]:
    """The select list for `table t` joined with `entity me`, `authority` and `entity owner`, grouped by entity."""
    names = table.column_names
    given = {c: _first(f"t.{c}") for c in names}
    given["id"] = "me.entity_id"
    given["organization_id"] = _first("owner.entity_id")
    for group in TOGETHER:
        told = [c for c in group if c in names]
        if len(told) > 1:
            some = " OR ".join(f"t.{c} IS NOT NULL" for c in told)
            given |= {c: f"first(t.{c} ORDER BY {ORDER}) FILTER ({some})" for c in told}
    if "kind" in names:
        given["kind"] = f"first(t.kind ORDER BY t.kind = '{GENERAL_KIND}', {ORDER}) FILTER (t.kind IS NOT NULL)"
    if "status" in names:
        given["status"] = f"first(t.status ORDER BY t.status <> '{OFFERED}', {ORDER}) FILTER (t.status IS NOT NULL)"
    if "alternate_name" in names:
        # first by authority: other names, then names; the one shown is left out
        others = f"list(t.alternate_name ORDER BY {ORDER}) || list(t.name ORDER BY {ORDER})"
        given["alternate_name"] = (
            f"list_filter({others}, lambda x: x IS NOT NULL AND lower(x) <> lower({_first('t.name')}))[1]"
        )
    return [f"{value} AS {c}" for c, value in given.items()]


def _first(value: str) -> str:
    return f"first({value} ORDER BY {ORDER}) FILTER ({value} IS NOT NULL)"
