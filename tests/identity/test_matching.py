"""The matching has the greatest weight there is, and one answer only."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import matching

components = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 4), min_size=1, max_size=12
)


def total(edges, found):
    return sum(edges[pair] for pair in found.items())


def every(edges):
    """Every one-to-one matching, by trying all orders of the groups."""
    ids, groups = sorted({i for i, _ in edges}), sorted({j for _, j in edges})
    for order in permutations(groups + [None] * len(ids), len(ids)):
        yield {i: j for i, j in zip(ids, order, strict=True) if (i, j) in edges}


def preferred(edges, found):
    """The order that the documentation promises: weight, then older ids living on, then smaller groups for them."""
    ids = sorted({i for i, _ in edges})
    return (
        total(edges, found),
        [i in found for i in ids],
        [-found.get(i, 99) for i in ids],
    )


@given(components)
def test_the_weight_is_the_greatest_there_is(edges):
    assert total(edges, matching.best(edges)) == max(total(edges, one) for one in every(edges))


@given(components)
def test_ties_go_to_the_older_id_and_then_to_the_smaller_group(edges):
    assert matching.best(edges) == max(every(edges), key=lambda one: preferred(edges, one))


@given(components, st.randoms())
def test_the_order_of_edges_does_not_matter(edges, rng):
    shuffled = list(edges.items())
    rng.shuffle(shuffled)
    assert matching.best(dict(shuffled)) == matching.best(edges)
    assert matching.greedy(dict(shuffled)) == matching.greedy(edges)


@given(components)
def test_the_fallback_is_one_to_one_and_has_at_least_half_of_the_greatest_weight(edges):
    found = matching.greedy(edges)
    assert len(set(found.values())) == len(found)
    assert set(found.items()) <= set(edges)
    assert 2 * total(edges, found) >= max(total(edges, one) for one in every(edges))


def test_the_fallback_exchanges_two_where_the_heaviest_edge_is_no_good_start():
    edges = {(0, 0): 10, (0, 1): 9, (1, 0): 9}
    assert matching.greedy(edges) == {0: 1, 1: 0}


def test_a_component_beyond_the_bound_gets_the_fallback(monkeypatch):
    monkeypatch.setattr(matching, "EXACT", 7)
    edges = {(i, j): 1 for i in range(2) for j in range(2)}
    assert matching.best(edges) == matching.greedy(edges)


def test_sixty_ids_against_sixty_groups_are_matched_exactly():
    edges = {(i, (i * 7 + k) % 58): 1 + (i * k) % 5 for i in range(58) for k in range(6)}
    assert total(edges, matching.best(edges)) >= total(edges, matching.greedy(edges))
