"""The classifications in use: our themes and the classes of PTV with labels, and the terms of sources as found."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from pipeline import schema
from pipeline.transform.reference import ptv_classes
from pipeline.transform.themes import theme_labels

KNOWN = {
    "theme": ("Koonti themes", "Twenty themes of Finnish civil society, mapped from the terms of the sources.", None),
    "ptv_service_class": (
        "PTV service classes",
        "Palveluluokat of the Finnish Service Catalogue.",
        "http://uri.suomi.fi/codelist/ptv/ptvserclass2",
    ),
    "ptv_target_group": (
        "PTV target groups",
        "Kohderyhmät of the Finnish Service Catalogue.",
        "http://uri.suomi.fi/codelist/ptv/ptvkohderyhmat",
    ),
    "ptv_life_event": (
        "PTV life events",
        "Elämäntilanteet of the Finnish Service Catalogue.",
        "http://uri.suomi.fi/codelist/ptv/ptvelti",
    ),
}


def tables(attributes: pa.Table) -> dict[str, pa.Table]:
    """`taxonomy` and `taxonomy_term` for the terms that the attributes use."""
    used = attributes.group_by(["taxonomy", "code"]).aggregate([("link_id", "count"), ("label", "max")]).to_pylist()
    labels = _labels()
    terms: list[dict[str, Any]] = []
    for row in used:
        known = labels.get((row["taxonomy"], row["code"]), {})
        terms.append(
            {
                "id": f"{row['taxonomy']}:{row['code']}",
                "taxonomy_id": row["taxonomy"],
                "code": row["code"],
                "name": known.get("name") or row["label_max"] or row["code"],
                "name_sv": known.get("name_sv"),
                "name_en": known.get("name_en"),
                "parent_id": known.get("parent_id"),
                "term_uri": known.get("term_uri"),
                "use_count": row["link_id_count"],
            }
        )
    return {
        "taxonomy": schema.table_from_rows("taxonomy", _taxonomies({row["taxonomy"] for row in used})),
        "taxonomy_term": schema.table_from_rows("taxonomy_term", sorted(terms, key=lambda t: str(t["id"]))),
    }


def _taxonomies(names: Iterable[str]) -> list[dict[str, Any]]:
    rows = []
    for name in sorted(names):
        label, description, uri = KNOWN.get(name, (name, "Terms as the source words them.", None))
        rows.append({"id": name, "name": label, "description": description, "uri": uri, "version": None})
    return rows


def _labels() -> dict[tuple[str, str], dict[str, str | None]]:
    """(taxonomy, code) -> labels, for the lists we have."""
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for code, (fi, sv, en) in theme_labels().items():
        found["theme", code] = {"name": fi, "name_sv": sv, "name_en": en}
    for taxonomy, listed in (
        ("ptv_service_class", ptv_classes("service_classes")),
        ("ptv_target_group", ptv_classes("target_groups")),
        ("ptv_life_event", ptv_classes("life_events")),
    ):
        for code, one in listed.items():
            found[taxonomy, code] = {
                "name": one.name_fi,
                "name_sv": one.name_sv,
                "name_en": one.name_en,
                "parent_id": f"{taxonomy}:{one.parent_code}" if one.parent_code else None,
                "term_uri": one.uri,
            }
    return found
