"""Who shares a key, and which keys many share."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.blocking_keys import CAP, CAPS, DROPPED, FEW, KINDS, Keys, Values, keys_of
from pipeline.dedupe.engine import ONE_MACHINE

RECORDS = 40
TOLD = st.lists(st.tuples(st.integers(0, RECORDS - 1), st.integers(-1, 3)), max_size=120)


def values(kind: str, told: list[tuple[int, int]]) -> Values:
    rid, code = (np.array([t[i] for t in told], dtype=np.int64) for i in (0, 1))
    return Values(kind, rid, code)


def groups(table: pa.Table) -> set[tuple[str, frozenset[int]]]:
    """The kinds and the records of keys."""
    found = defaultdict(set)
    for row in table.to_pylist():
        found[KINDS[row["kind"]], row["key"]].add(row["rid"])
    return {(kind, frozenset(of)) for (kind, _), of in found.items()}


def expected(told: dict[str, list[tuple[int, int]]]) -> tuple[set[tuple[str, frozenset[int]]], ...]:
    few, many = set(), set()
    for kind, rows in told.items():
        for value in {v for _, v in rows if v >= 0}:
            of = frozenset(r for r, v in rows if v == value)
            if len(of) > CAPS.get(kind, CAP):
                if kind not in DROPPED:
                    many.add((kind, of))
            elif len(of) > 1:
                few.add((kind, of))
    return few, many


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(("phone", "core", "stem", "short", "concept")), TOLD, max_size=4))
def test_few_and_many_share_a_key(told: dict[str, list[tuple[int, int]]]) -> None:
    found = keys_of(RECORDS, *(values(kind, rows) for kind, rows in told.items()))
    assert (groups(found.few), groups(found.many)) == expected(told)


@settings(max_examples=50, deadline=None)
@given(TOLD, TOLD)
def test_two_lists_of_one_kind_are_one(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    apart, together = (
        keys_of(RECORDS, values("core", one), values("core", other)),
        keys_of(RECORDS, values("core", one + other)),
    )
    assert all(getattr(apart, part).equals(getattr(together, part)) for part in ("few", "many", "counts"))


def test_kinds_count_by_themselves_and_keys_of_one_record_are_counted() -> None:
    many = [(rid, 0) for rid in range(CAP + 1)]
    found = keys_of(RECORDS, values("phone", [*many, (3, 1)]), values("email", [(0, 0), (1, 0)]))
    rows = [{**row, "kind": KINDS[row["kind"]]} for row in found.counts.to_pylist()]
    assert rows == [
        {"kind": "phone", "keys": 2, "capped_keys": 1},
        {"kind": "email", "keys": 1, "capped_keys": 0},
    ]


@settings(max_examples=50, deadline=None)
@given(TOLD, TOLD)
def test_records_of_a_key_meet_once_for_it(phones: list[tuple[int, int]], cores: list[tuple[int, int]]) -> None:
    keys = keys_of(RECORDS, values("phone", phones), values("core", cores))
    found = ONE_MACHINE.query({"few": keys.few}, FEW)
    pairs = sorted((KINDS[r["kind"]], r["a"], r["b"]) for r in found.to_pylist())
    wanted = [(kind, a, b) for kind, of in _few(keys) for a in of for b in of if a < b]
    assert pairs == sorted(wanted)


def _few(keys: Keys) -> list[tuple[str, list[int]]]:
    found = defaultdict(list)
    for row in keys.few.to_pylist():
        found[KINDS[row["kind"]], row["key"]].append(row["rid"])
    return [(kind, of) for (kind, _), of in found.items()]


def test_without_values_there_are_no_keys() -> None:
    found = keys_of(0)
    assert (len(found.few), len(found.many), len(found.counts)) == (0, 0, 0)
    assert found.few.schema.names == ["kind", "key", "rid"]
