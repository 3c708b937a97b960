"""One question for two groups, the surest first, within the budget; a yes joins the groups."""

from dataclasses import replace

import pyarrow as pa

from benchmarks.organisations import synthetic
from pipeline.dedupe import MatchResult, load_weights, match


def asked(result: MatchResult) -> list[tuple[str, str]]:
    """The groups of each question."""
    of = dict(zip(*(c.to_pylist() for c in result.clusters.columns), strict=True))
    rows = [r for r in result.matches.to_pylist() if r["decision"] == "maybe"]
    return [tuple(sorted((of[r["record_id_a"]], of[r["record_id_b"]]))) for r in rows]  # type: ignore[misc]


def test_two_groups_are_asked_about_once_and_nobody_is_asked_inside_a_group() -> None:
    records, _ = synthetic(1500, seed=12)
    questions = asked(match(records))
    assert questions and len(set(questions)) == len(questions)
    assert all(x != y for x, y in questions)


def test_the_surest_questions_fit_the_budget() -> None:
    records, _ = synthetic(3000, seed=12)
    weights = load_weights()

    def told(budget: float) -> list[dict[str, object]]:
        found = match(records, weights=replace(weights, budget=budget)).matches.to_pylist()
        return [r for r in found if r["decision"] == "maybe"]

    few, many = told(0.01), told(0.02)
    standing = {r[k] for r in few for k in ("record_id_a", "record_id_b")}
    assert 0 < len(standing) <= 0.01 * len(records)
    pairs = [{(r["record_id_a"], r["record_id_b"]) for r in rows} for rows in (few, many)]
    assert pairs[0] < pairs[1]


def test_a_yes_joins_both_groups_whole() -> None:
    records, _ = synthetic(1500, seed=13)
    before = match(records)
    of = dict(zip(*(c.to_pylist() for c in before.clusters.columns), strict=True))
    row = next(r for r in before.matches.to_pylist() if r["decision"] == "maybe")
    yes = pa.table({k: [row[k]] for k in ("record_id_a", "record_id_b")})
    after = match(records, must_link=yes)
    now = dict(zip(*(c.to_pylist() for c in after.clusters.columns), strict=True))
    joined = {r for r, c in of.items() if c in (of[row["record_id_a"]], of[row["record_id_b"]])}
    assert len({now[r] for r in joined}) == 1


def test_a_number_that_everything_else_contradicts_is_asked_about() -> None:
    same = {"name": "Kajaanin Sädekehät ry", "municipality_code": "205", "phones": ["+358440000001"]}
    rows = [{**same, "record_id": "a", "business_id": "9000001-0"}, {**same, "record_id": "b"}]
    rows[1]["business_id"] = "9000002-9"
    kind = {"phones": pa.list_(pa.string())}
    table = pa.table({c: pa.array([r[c] for r in rows], kind.get(c, pa.string())) for c in rows[0]})
    found = match(table)
    assert found.matches.column("decision").to_pylist() == ["maybe"]
    assert found.matches.column("rule").to_pylist() == ["business_id_differs"]
    assert len(set(found.clusters.column("cluster_id").to_pylist())) == 2
