"""The whole of service matching in a row: from service records and organisations to services, with reasons.

Conservative: a wrong merge is worse than a missed one. Two candidates of one source that both look right are left to
a person, and a group is joined only where no pair across it was found different or was not compared at all.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes, coded
from pipeline.dedupe.services.compare import Levels, ServiceTable, compare_services, service_table
from pipeline.dedupe.services.grouping import ambiguous, grouped
from pipeline.dedupe.services.pairs import candidates
from pipeline.dedupe.services.rules import VETO, VOCABULARY, ServiceRules, load_rules

DIFFERENT, MAYBE, SAME = range(3)
DECISIONS = ("different", "maybe", "same")
RULES = ("threshold", "contradiction", "ambiguous", "must_link", "must_not_link")
_VALUES = {
    "name": "name", "kind": "kind", "place": "streets", "time": "slots", "text": "description", "web": "url",
    "theme": "themes", "source": "source", "ages": "minimum_age", "season": "valid_from",
}  # fmt: skip
"""Finding -> the column whose values explain it."""
LONGEST = 200
"""Letters of a value that a reason shows."""


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """What was found. All tables are sorted; the same records in another order give the same result."""

    clusters: pa.Table
    """`record_id, cluster_id` of every service record; `cluster_id` is the smallest record id of the service."""
    matches: pa.Table
    """Columns of the schema table `match`."""
    reasons: pa.Table
    """Columns of the schema table `match_reason`."""
    hot_entities: int
    capped_words: int


def match_services(
    rows: pa.Table,
    names: pa.Table,
    *,
    rules: ServiceRules | None = None,
    must_link: pa.Table | None = None,
    must_not_link: pa.Table | None = None,
) -> ServiceResult:
    """Finds the services behind service records (`gather.COLUMNS`, in any order).

    Args:
        rows: The service records; those whose entity is null stand alone.
        names: entity, names: what the organisations are called.
        rules: Weights and words; the file of the repository when null.
        must_link: Judgements `record_id_a, record_id_b`; records that are not there are passed over.
        must_not_link: As `must_link`, for pairs that are two services.
    """
    rules = rules or load_rules()
    rows = rows.sort_by("record_id").combine_chunks()
    ids = rows.column("record_id").combine_chunks()
    table = service_table(rows, names, rules)
    together, apart = _judged(ids, must_link), _judged(ids, must_not_link)
    found = candidates(table, rules, together + apart)
    levels = compare_services(table, found.a, found.b, rules)
    score, decision, rule = _decided(levels, rules)
    source, _ = coded(rows.column("source"))
    doubtful = ambiguous(found.a, found.b, score, decision, source, same=SAME, maybe=MAYBE, margin=rules.margin)
    decision[doubtful], rule[doubtful] = MAYBE, RULES.index("ambiguous")
    for pairs, answer, name in ((together, SAME, "must_link"), (apart, DIFFERENT, "must_not_link")):
        wanted = np.array([min(p) << 32 | max(p) for p in pairs], dtype=np.int64)
        hit = np.isin(found.a.astype(np.int64) << 32 | found.b, wanted)
        decision[hit], rule[hit] = answer, RULES.index(name)
    root = grouped(len(rows), found.a, found.b, score, decision, same=SAME, different=DIFFERENT, first=together)
    told = np.flatnonzero((decision != DIFFERENT) | (rule > RULES.index("contradiction")))
    a, b = found.a[told], found.b[told]
    matches = pa.table(
        {
            "record_id_a": ids.take(pa.array(a)),
            "record_id_b": ids.take(pa.array(b)),
            "probability": pa.array(1.0 / (1.0 + np.exp2(-score[told]))),
            "score": pa.array(score[told]),
            "decision": pa.array(DECISIONS, pa.string()).take(pa.array(decision[told])),
            "rule": pa.array(RULES, pa.string()).take(pa.array(rule[told])),
            "in_same_entity": pa.array(root[a] == root[b]),
            "kind": pa.repeat(pa.scalar("service"), len(told)),
        }
    )
    clusters = pa.table({"record_id": ids, "cluster_id": ids.take(pa.array(root))})
    reasons = _reasons(table, levels, found.a, found.b, told, rules)
    return ServiceResult(clusters, matches, reasons, found.hot_entities, found.capped_words)


def _decided(
    levels: dict[str, Levels], rules: ServiceRules
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Score, decision and rule of each pair."""
    n = len(levels["name"])
    score, veto = np.full(n, rules.prior), np.zeros(n, dtype=bool)
    for feature in VOCABULARY:
        bits = np.asarray(rules.bits[feature])[levels[feature]]
        score += bits
        veto |= bits <= VETO
    score = np.round(score, 6)
    decision = np.where(score >= rules.same, SAME, np.where(score >= rules.maybe, MAYBE, DIFFERENT)).astype(np.int8)
    decision[veto] = DIFFERENT
    return score, decision, np.where(veto, RULES.index("contradiction"), 0).astype(np.int8)


def _judged(ids: pa.Array, pairs: pa.Table | None) -> list[tuple[int, int]]:
    if pairs is None or not len(pairs):
        return []
    a = pc.index_in(pairs.column("record_id_a"), value_set=ids).to_pylist()
    b = pc.index_in(pairs.column("record_id_b"), value_set=ids).to_pylist()
    return sorted(
        {(min(x, y), max(x, y)) for x, y in zip(a, b, strict=True) if x is not None and y is not None and x != y}
    )


def _reasons(
    table: ServiceTable, levels: dict[str, Levels], a: Codes, b: Codes, told: npt.NDArray[np.int64], rules: ServiceRules
) -> pa.Table:
    """Long rows of `match_reason`: one per finding that weighs anything, and the prior."""
    rows, x, y = table.rows, a[told], b[told]
    ids = rows.column("record_id").combine_chunks()
    nothing = pa.nulls(len(told), pa.string())
    parts = [_part(ids, x, y, "prior", pa.array(["candidate_pair"] * len(told), pa.string()),
                   np.full(len(told), rules.prior), nothing, nothing)]  # fmt: skip
    for feature, names in VOCABULARY.items():
        level = levels[feature][told]
        bits = np.asarray(rules.bits[feature])[level]
        hit = np.flatnonzero(bits != 0)
        outcome = pa.array(names, pa.string()).take(pa.array(level[hit]))
        texts = _texts(table, feature)
        values = (texts.take(pa.array(x[hit])), texts.take(pa.array(y[hit])))
        parts.append(_part(ids, x[hit], y[hit], feature, outcome, bits[hit], *values))
    return pa.concat_tables(parts).sort_by([(c, "ascending") for c in ("record_id_a", "record_id_b", "feature")])


def _texts(table: ServiceTable, feature: str) -> pa.Array:
    if feature in ("number", "audience"):
        return pa.array([v or None for v in getattr(table, feature)], pa.string())
    values = table.rows.column(_VALUES[feature]).combine_chunks()
    if pa.types.is_list(values.type):
        values = pc.binary_join(values, ", ")
    return pc.utf8_slice_codeunits(values.cast(pa.string()), 0, LONGEST)


def _part(
    ids: pa.Array, a: Codes, b: Codes, feature: str, outcome: pa.Array, bits: npt.NDArray[np.float64],
    value_a: pa.Array, value_b: pa.Array,
) -> pa.Table:  # fmt: skip
    return pa.table(
        {
            "record_id_a": ids.take(pa.array(a)),
            "record_id_b": ids.take(pa.array(b)),
            "feature": pa.array([feature] * len(a), pa.string()),
            "outcome": outcome,
            "contribution": pa.array(bits),
            "value_a": value_a,
            "value_b": value_b,
        }
    )
