"""Grouping under constraints."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe import clustering, load_weights
from pipeline.dedupe.clustering import cluster
from pipeline.dedupe.comparison import Comparison
from pipeline.dedupe.constraints import constraints
from pipeline.dedupe.features import features
from pipeline.dedupe.scoring import SAME, Scored


def group(names: list[dict[str, object]], edges: dict[tuple[int, int], float], **judged: object) -> list[int]:
    """Clusters of records under edges that are given, not scored."""
    ids = [f"{i:03d}" for i in range(len(names))]
    columns = {k: pa.array([n.get(k) for n in names], pa.string()) for k in ("name", "business_id")}
    table = features(pa.table({"record_id": ids, **columns}))
    a, b = (np.array([e[k] for e in edges], dtype=np.int32) for k in (0, 1))
    none = np.zeros(len(names), dtype=bool)
    unlike = {"full_name": np.zeros(len(a), dtype=np.int8)}
    compared = Comparison(a, b, unlike, {"business_id": none, "association_number": none})
    bits = np.array(list(edges.values()))
    n = len(edges)
    scored = Scored(bits, np.full(n, SAME, np.int8), np.zeros(n, np.int16), ("threshold",), bits)
    return cluster(constraints(table, compared), compared, scored, load_weights(), **judged).tolist()  # type: ignore[arg-type]


PLAIN: dict[str, object] = {"name": "Sädekehät"}
STRONG = {(0, 1): 9.0, (0, 2): 9.0, (1, 2): 9.0, (3, 4): 9.0, (3, 5): 9.0, (4, 5): 9.0}


def test_a_weak_bridge_does_not_join_two_strong_groups() -> None:
    assert group([PLAIN] * 6, {**STRONG, (2, 3): 4.0}) == [0, 0, 0, 3, 3, 3]


def test_support_from_a_third_of_the_cross_links_joins_them() -> None:
    bridges = dict.fromkeys(((0, 3), (1, 3), (2, 3), (2, 4)), 4.0)
    assert group([PLAIN] * 6, {**STRONG, **bridges}) == [0] * 6


def test_a_register_number_is_carried_by_the_group() -> None:
    one, other = {**PLAIN, "business_id": "9000001-0"}, {**PLAIN, "business_id": "9000002-9"}
    assert group([one, PLAIN, other], {(0, 1): 9.0, (1, 2): 8.0}) == [0, 0, 2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MLL Sotkamo", "MLL Kajaani"),
        ("Eläkeliiton Kainuun piiri", "Eläkeliiton Sotkamon yhdistys"),
        ("Sotkamon Eläkeläiset", "Sotkamon Eläkkeensaajat"),
        ("Sädekehät ry", "Sädekehän Tuki ry"),
        ("Sädekehät ry", "Sädekehäsäätiö"),
        ("Alan ammattiosasto 12", "Alan ammattiosasto 13"),
    ],
)
def test_place_level_umbrella_dependent_form_and_number_are_carried_by_the_group(one: str, other: str) -> None:
    between: dict[str, object] = {"name": None}
    found = group([{"name": one}, between, {"name": other}], {(0, 1): 9.0, (1, 2): 8.0})
    assert found[0] != found[2]


def test_the_best_edge_comes_first() -> None:
    one, other = {**PLAIN, "business_id": "9000001-0"}, {**PLAIN, "business_id": "9000002-9"}
    assert group([one, PLAIN, other], {(0, 1): 5.0, (1, 2): 8.0}) == [0, 1, 1]


def test_must_not_link_wins_over_a_chain_and_must_link_over_constraints() -> None:
    edges = {(0, 1): 9.0, (1, 2): 9.0}
    assert group([PLAIN] * 3, edges, must_not_link=[(0, 2)]) == [0, 0, 2]
    towns: list[dict[str, object]] = [{"name": "MLL Sotkamo"}, {"name": "MLL Kajaani"}]
    assert group(towns, {(0, 1): -9.0}, must_link=[(1, 0)]) == [0, 0]


EDGES = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] < p[1]),
    st.floats(4.0, 12.0).map(lambda bits: round(bits, 1)),
    min_size=1,
    max_size=20,
)
NUMBERS = st.lists(st.sampled_from((None, None, "0201256-6", "0116297-6")), min_size=8, max_size=8)


@settings(max_examples=60, deadline=None)
@given(EDGES, NUMBERS)
def test_components_set_aside_group_as_the_loop_would(
    edges: dict[tuple[int, int], float], numbers: list[str | None]
) -> None:
    names: list[dict[str, object]] = [{**PLAIN, "business_id": n} for n in numbers]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clustering, "_clear", lambda constraints, label, *_: np.zeros(len(label), dtype=bool))
        by_loop = group(names, edges)
    assert group(names, edges) == by_loop
