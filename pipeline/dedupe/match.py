"""The whole of matching in a row: from records to organisations, with decisions, reasons and relations."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.blocking import candidate_pairs
from pipeline.dedupe.clustering import cluster
from pipeline.dedupe.comparison import Comparison, comparable, compare
from pipeline.dedupe.constraints import Constraints, constraints
from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.dedupe.features import features_of, names_of, normal_form, two_names
from pipeline.dedupe.incremental import edges_of, fact_texts, standing, stood
from pipeline.dedupe.learning import learn_from
from pipeline.dedupe.memory import Memory, parsed_with
from pipeline.dedupe.named_together import names_several
from pipeline.dedupe.questions import settled
from pipeline.dedupe.relations import find_relations
from pipeline.dedupe.repeats import frequent, set_aside, with_followers
from pipeline.dedupe.scoring import DECISIONS, Scored, chance, match_rows, reasons, score, with_judgements
from pipeline.dedupe.shared_values import shared_values
from pipeline.dedupe.weights import Weights, load_weights
from pipeline.dedupe.written import as_written, called_in
from pipeline.transform.names.table import collector_paused
from pipeline.transform.names.word_lists import flat

PAIR = ("record_id_a", "record_id_b")


@dataclass(frozen=True)
class MatchResult:
    """What matching found. All tables are sorted; the same records in another order give the same result.

    `reasons` and `relations` are worked out when they are first asked for; their seconds then join the `timings`.
    """

    clusters: pa.Table
    """`record_id, cluster_id` for every record; `cluster_id` is the smallest record id of the organisation."""
    matches: pa.Table
    """Columns of the schema table `match`."""
    blocking_report: pa.Table
    """`kind, keys, capped_keys, pairs`."""
    timings: dict[str, float] = field(default_factory=dict)
    """Seconds per stage."""
    set_aside: int = 0
    """Records that follow others which are equal to them in every value, see `repeats`."""
    learned: Weights | None = None
    """What these records teach; null when weights were given and nothing is remembered."""
    several: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    """Ids of the records whose name is that of several organisations."""
    _reasons: Callable[[], pa.Table] = field(repr=False, kw_only=True)
    _relations: Callable[[], pa.Table] = field(repr=False, kw_only=True)

    @cached_property
    def reasons(self) -> pa.Table:
        """Columns of the schema table `match_reason`."""
        return self._timed("reasons", self._reasons)

    @cached_property
    def relations(self) -> pa.Table:
        """`record_id_a, record_id_b, relation_type, rule` by the smallest record id of each organisation."""
        return self._timed("relations", self._relations)

    def _timed(self, stage: str, made: Callable[[], pa.Table]) -> pa.Table:
        start = time.perf_counter()
        table = made()
        self.timings[stage] = round(time.perf_counter() - start, 3)
        return table


def match(
    records: pa.Table,
    *,
    weights: Weights | None = None,
    must_link: pa.Table | None = None,
    must_not_link: pa.Table | None = None,
    engine: Engine = ONE_MACHINE,
) -> MatchResult:
    """Finds the organisations behind records (columns: `features.INPUT`).

    Without `weights` they are learned from the records, see `learning`; too few records keep the shipped ones.

    `must_link` and `must_not_link` hold human judgements as `record_id_a, record_id_b`; pairs of records that are
    not there are passed over. The `engine` says where the heavy steps run and changes no answer.

    Raises `ValueError` when record ids are missing or repeated.
    """
    with collector_paused():
        return _run(records, None, weights, must_link, must_not_link, engine)


def rematch(
    memory: Memory,
    records: pa.Table,
    *,
    weights: Weights | None,
    must_link: pa.Table | None = None,
    must_not_link: pa.Table | None = None,
) -> MatchResult:
    """As `match` of the same records and weights, taking from the memory of the last run what still holds.

    `records` are all records, see `incremental.changed`. The memory is brought up to date; an empty one makes a full
    run. Without weights those count that the records teach; pin them between runs, or every score moves a little.
    """
    with collector_paused():
        return _run(records, memory, weights, must_link, must_not_link)


def _run(
    records: pa.Table,
    memory: Memory | None,
    weights: Weights | None,
    must_link: pa.Table | None,
    must_not_link: pa.Table | None,
    engine: Engine = ONE_MACHINE,
) -> MatchResult:
    timings: dict[str, float] = {}
    start = time.perf_counter()

    def lap(stage: str) -> None:
        nonlocal start
        now = time.perf_counter()
        timings[stage] = round(now - start, 3)
        start = now

    judged_ids = {i for t in (must_link, must_not_link) if t is not None for c in PAIR for i in t.column(c).to_pylist()}
    is_new = memory is None or memory.names is None
    with engine.reading(len(records) if is_new else 0) as read:
        table, (often, two) = engine.both(lambda: normal_form(records), lambda: (frequent(records), two_names(records)))
        records, followers = set_aside(table, judged_ids, often)
        lap("sorting")
        names = names_of(records, read if memory is None else partial(parsed_with, memory, read), two)
    lap("names")
    table, (values, written) = engine.both(
        lambda: features_of(records, names, engine),
        lambda: (shared_values(records, engine, with_pairs=memory is None), as_written(names.parsed.column("ascii"))),
    )
    table = table.append_column("street_key", values.street)
    called = called_in(table, written)
    lap("features")
    together, apart = _rows(table, must_link), _rows(table, must_not_link)
    judged = together + apart
    extra = pa.table({"a": [p[0] for p in judged], "b": [p[1] for p in judged]}) if judged else None
    (pairs, report), ready = engine.both(
        lambda: candidate_pairs(table, extra, engine, values, called, memory),
        lambda: comparable(table, called, values.contacts),
    )
    lap("blocking")
    comparison = compare(ready, pairs, memory, engine)
    lap("comparison")

    def decided() -> tuple[Weights | None, Weights, Scored]:
        learned = None
        if weights is None or memory is not None:
            answers = [(*p, same) for ps, same in ((together, True), (apart, False)) for p in ps]
            learned = learn_from(comparison, load_weights(), answers)
            lap("learning")
        used = weights or learned or load_weights()
        scored = with_judgements(comparison, score(comparison, used), together, apart)
        lap("scoring")
        return learned, used, scored

    (learned, weights, scored), told = engine.both(decided, lambda: constraints(table, comparison))
    root = _grouped(memory, table, told, comparison, scored, weights, together, apart)
    ids = flat(table.column("record_id"))
    clusters = pa.table({"record_id": ids, "cluster_id": ids.take(pa.array(root))})
    lap("clustering")
    scored = settled(told, comparison, scored, weights, root)
    rows = match_rows(scored, weights, comparison)
    a, b = comparison.a[rows], comparison.b[rows]
    matches = pa.table(
        {
            "record_id_a": ids.take(pa.array(a)),
            "record_id_b": ids.take(pa.array(b)),
            "probability": pa.array(chance(scored, weights, rows)),
            "score": pa.array(scored.score[rows]),
            "decision": pa.array(DECISIONS, pa.string()).take(pa.array(scored.decision[rows])),
            "rule": pa.array(scored.rules, pa.string()).take(pa.array(scored.rule[rows])),
            "in_same_entity": pa.array(root[a] == root[b]),
            "kind": pa.repeat(pa.scalar("organization"), len(rows)),
        }
    )
    lap("matches")
    clusters = with_followers(clusters, followers)
    return MatchResult(
        clusters,
        matches,
        report,
        timings,
        len(followers),
        learned,
        ids.filter(pa.array(names_several(table))),
        _reasons=partial(reasons, table, comparison, weights, rows),
        _relations=partial(find_relations, table, clusters, matches),
    )


def _grouped(
    memory: Memory | None,
    table: pa.Table,
    told: Constraints,
    comparison: Comparison,
    scored: Scored,
    weights: Weights,
    together: list[tuple[int, int]],
    apart: list[tuple[int, int]],
) -> npt.NDArray[np.int64]:
    """The group of each record; groups that nothing touched are those that the memory holds."""
    if memory is None:
        return cluster(told, comparison, scored, weights, together, apart)
    ids = flat(table.column("record_id"))
    names = ids.to_pylist() if together or apart else []
    judged = frozenset((names[x], names[y], same) for p, same in ((together, True), (apart, False)) for x, y in p)
    edges, facts = edges_of(comparison, scored), fact_texts(table, comparison)
    stands = standing(memory, ids, edges, facts, judged, weights.support)
    root = cluster(told, comparison, scored, weights, together, apart, (stands, stood(memory, ids, stands)))
    memory.reused["records"] = int(stands.sum())
    memory.ids, memory.signatures, memory.a, memory.b = ids, memory.next_signatures, comparison.a, comparison.b
    memory.edges, memory.facts, memory.root, memory.judged = edges, facts, root, judged
    memory.support = weights.support
    return root


def _rows(features: pa.Table, judgements: pa.Table | None) -> list[tuple[int, int]]:
    """Judged pairs as row numbers of the features."""
    if judgements is None or not len(judgements):
        return []
    ids = features.column("record_id").combine_chunks()
    a = pc.index_in(judgements.column("record_id_a"), value_set=ids).to_pylist()
    b = pc.index_in(judgements.column("record_id_b"), value_set=ids).to_pylist()
    return [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None and x != y]
