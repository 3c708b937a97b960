"""What people said about pairs, written into what matching found: no pair is asked again, and relations are theirs.

The pairs that must or must not be one are given to matching itself (`Judged.must_link`, `must_not_link`).
"""

from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.match import MatchResult
from pipeline.ledger.contradictions import Pair
from pipeline.ledger.judgements import Judged

UNSURE = "judged_unsure"
"""Rule of a pair that is `maybe` and that nobody should be asked about."""
RELATED = "judgement"
"""Rule of a relation that a person told; it stands instead of all others of the pair."""


def told(result: MatchResult, judged: Judged) -> MatchResult:
    """The result with unsure pairs marked, and with the relations that people told."""
    return replace(result, matches=_unsure(result.matches, judged), _relations=partial(_relations, result, judged))


def tables(result: MatchResult, judged: Judged) -> dict[str, pa.Table]:
    """Everything that matching leaves on disk, and what people's decisions had to do with it."""
    return {
        "clusters": result.clusters,
        "match": result.matches,
        "match_reason": result.reasons,
        "relations": result.relations,
        "blocking_report": result.blocking_report,
        "judgement": judged.table,
        "issue": judged.issues,
    }


def _unsure(matches: pa.Table, judged: Judged) -> pa.Table:
    if not judged.unsure:
        return matches
    maybe = matches.filter(pc.equal(matches.column("decision"), "maybe"))
    pairs = zip(maybe.column("record_id_a").to_pylist(), maybe.column("record_id_b").to_pylist(), strict=True)
    hit = {f"{a}\x1f{b}" for a, b in pairs if (a, b) in judged.unsure}
    keys = pc.binary_join_element_wise(matches.column("record_id_a"), matches.column("record_id_b"), "\x1f")
    rule = pc.if_else(pc.is_in(keys, pa.array(sorted(hit), pa.string())), UNSURE, matches.column("rule"))
    return matches.set_column(matches.column_names.index("rule"), "rule", rule)


def _relations(result: MatchResult, judged: Judged) -> pa.Table:
    if not judged.related:
        return result.relations
    wanted = pa.array(sorted({r for a, b, _ in judged.related for r in (a, b)}), pa.string())
    rows = result.clusters.filter(pc.is_in(result.clusters.column("record_id"), wanted))
    of = dict(zip(rows.column("record_id").to_pylist(), rows.column("cluster_id").to_pylist(), strict=True))
    new: dict[tuple[str, str, str], Pair] = {}
    for a, b, relation in judged.related:
        if a in of and b in of and of[a] != of[b]:
            one, other = of[a], of[b]
            if relation == "affiliated" and other < one:
                one, other = other, one
            new[one, other, relation] = (min(one, other), max(one, other))
    if not new:
        return result.relations
    pairs = set(new.values())
    kept = [
        row
        for row in result.relations.to_pylist()
        if (min(row["record_id_a"], row["record_id_b"]), max(row["record_id_a"], row["record_id_b"])) not in pairs
    ]
    kept += [{"record_id_a": a, "record_id_b": b, "relation_type": relation, "rule": RELATED} for a, b, relation in new]
    made = pa.Table.from_pylist(kept, schema=result.relations.schema)
    return made.sort_by([(c, "ascending") for c in result.relations.column_names])
