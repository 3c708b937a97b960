"""Organisations of a release are never joined with each other."""

from pathlib import Path

from pipeline import schema
from pipeline.matching.against import MARK, one_organisation_each
from pipeline.matching.run import match_list
from pipeline.storage import write_tables

X, Y = f"{MARK}org_x", f"{MARK}org_y"
NAMES = ("Kuopion Martat ry", "Kuopion Palloseura ry")


def test_a_cluster_with_two_organisations_is_divided_by_the_strongest_edges() -> None:
    clusters = dict.fromkeys((X, Y, "a", "b", "c"), X)
    edges = [(X, Y), (X, "a"), (Y, "b"), ("a", "b"), ("b", "c")]
    found = one_organisation_each(clusters, edges)
    assert found == {X: X, "a": X, Y: Y, "b": Y, "c": Y}


def test_a_cluster_with_one_organisation_stays_as_it_is() -> None:
    clusters = {X: X, "a": X, "b": "b"}
    assert one_organisation_each(clusters, []) == clusters


def test_records_of_a_list_carry_the_ids_of_the_release(tmp_path: Path) -> None:
    rows = [{"id": f"org_{i}", "name": name, "municipality_code": "297"} for i, name in enumerate(NAMES)]
    write_tables(tmp_path / "release" / "parquet", {"organization": schema.table_from_rows("organization", rows)})
    path = tmp_path / "list.csv"
    path.write_text("nimi;kunta\nKuopion Martat;Kuopio\nIisalmen Palloseura ry;Iisalmi\n", encoding="utf-8")
    answer = match_list(path, against=tmp_path / "release")
    assert {r["record_id"]: r["cluster_id"] for r in answer.clusters.to_pylist()} == {"2": "org_0", "3": "3"}
    assert answer.matches.to_pylist()[0]["record_id_b"] == "org_0"
