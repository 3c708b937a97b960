"""The worst remaining errors of matching, with the names, the score and its reasons, for whoever improves it.

*False merges*: pairs in one cluster that are two organisations; worst are the surest, then those in large clusters.
*False splits*: true pairs in two clusters; worst are the most alike, for they should have been found. At most one
error per pair of organisations is shown, so that one bad cluster does not fill the page.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe import MatchResult


@dataclass(frozen=True, slots=True)
class Error:
    """One wrong pair."""

    kind: str
    """merge or split."""
    record_a: str
    record_b: str
    decision: str
    """What matching said of the pair; "not compared" where blocking or reporting left it out."""
    probability: float | None
    why: str
    """Reasons of the score, strongest first."""


def wrong_pairs(clusters: pa.Table, truth: pa.Table) -> dict[str, list[tuple[str, str]]]:
    """All wrong pairs by kind, in the order of their ids. A cluster of more than 200 records gives its first 200."""
    both = clusters.join(truth.select(["record_id", "entity_id"]), "record_id").sort_by("record_id")
    ids, found, true = (both.column(c).to_pylist() for c in ("record_id", "cluster_id", "entity_id"))
    return {
        "merge": list(_pairs(ids, found, true)),
        "split": list(_pairs(ids, true, found)),
    }


def _pairs(ids: list[str], group: list[str], other: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of one group that differ in the other."""
    members: dict[str, list[int]] = {}
    for i, g in enumerate(group):
        members.setdefault(g, []).append(i)
    for rows in members.values():
        if len(rows) > 1 and len({other[i] for i in rows}) > 1:
            few = rows[:200]
            for n, x in enumerate(few):
                yield from ((ids[x], ids[y]) for y in few[n + 1 :] if other[x] != other[y])


def worst(result: MatchResult, truth: pa.Table, most: int) -> list[Error]:
    """The worst errors of each kind."""
    published = {
        (a, b): (d, p)
        for a, b, d, p in zip(
            *(result.matches.column(c).to_pylist() for c in ("record_id_a", "record_id_b", "decision", "probability")),
            strict=True,
        )
    }
    entity = dict(zip(truth.column("record_id").to_pylist(), truth.column("entity_id").to_pylist(), strict=True))
    out: list[Error] = []
    for kind, pairs in wrong_pairs(result.clusters, truth).items():
        told = [(p, *published.get(p, ("not compared", None))) for p in pairs]
        told.sort(key=lambda t: (-(t[2] if t[2] is not None else -1), t[0]))
        seen: set[tuple[str, str]] = set()
        for (a, b), decision, probability in told:
            key = (min(entity[a], entity[b]), max(entity[a], entity[b]))
            if key in seen:
                continue
            seen.add(key)
            out.append(Error(kind, a, b, decision, probability, _reasons(result.reasons, a, b)))
            if len(seen) == most:
                break
    return out


def _reasons(reasons: pa.Table, a: str, b: str) -> str:
    hit = pc.and_(pc.equal(reasons.column("record_id_a"), a), pc.equal(reasons.column("record_id_b"), b))
    rows = reasons.filter(hit).to_pylist()
    rows.sort(key=lambda r: -abs(r["contribution"]))
    return ", ".join(f"{r['feature']}={r.get('outcome', '')} {r['contribution']:+.1f}" for r in rows)


def causes(clusters: pa.Table, truth: pa.Table) -> list[tuple[str, str, int, float]]:
    """(kind of error, cause, wrong pairs, share of that kind): what had been done to records of wrong pairs.

    A pair counts in each cause of either record, also in how its names were written and in the kind of body.
    """
    about = {r["record_id"]: r for r in truth.select(
        ["record_id", "kind", "vocabulary", "written_as", "confusions"]).to_pylist()}  # fmt: skip
    out = []
    for kind, pairs in wrong_pairs(clusters, truth).items():
        counted: Counter[str] = Counter()
        for pair in pairs:
            tags: set[str] = set()
            for record in pair:
                r = about[record]
                tags |= {f"kind:{r['kind']}", f"written_as:{r['written_as']}", *r["confusions"]}
                tags.add(f"vocabulary:{r['vocabulary'] or 'none'}")
            counted.update(tags)
        out += [(kind, tag, n, n / max(len(pairs), 1)) for tag, n in counted.most_common(20)]
    return out


def page(result: MatchResult, records: pa.Table, truth: pa.Table, most: int) -> str:
    """The errors as text."""
    shown = worst(result, truth, most)
    ids = pa.array(sorted({r for e in shown for r in (e.record_a, e.record_b)}), pa.string())
    index = pc.index_in(ids, value_set=records.column("record_id").combine_chunks())
    about = {r["record_id"]: r for r in records.take(index).to_pylist()}
    index = pc.index_in(ids, value_set=truth.column("record_id").combine_chunks())
    true = {r["record_id"]: r for r in truth.take(index).to_pylist()}
    lines = []
    for kind, title in (("merge", "FALSE MERGES"), ("split", "FALSE SPLITS")):
        lines.append(f"\n{title}")
        for e in (e for e in shown if e.kind == kind):
            probability = "" if e.probability is None else f" p={e.probability:.3f}"
            lines.append(f"- {e.decision}{probability}: {e.why}")
            for r in (e.record_a, e.record_b):
                told = {k: v for k, v in about[r].items() if v and k not in ("record_id", "source", "name")}
                what = f"{true[r]['kind']}, {true[r]['written_as']}, {'+'.join(true[r]['confusions'])}"
                lines.append(f"    {r}  {about[r]['name']!r}  IS {true[r]['name']!r} ({what})  {told}")
    total = {kind: len(pairs) for kind, pairs in wrong_pairs(result.clusters, truth).items()}
    lines.append(f"\nWRONG PAIRS {total}; what their records went through:")
    lines += [f"  {kind:6} {share:6.1%} {n:7}  {tag}" for kind, tag, n, share in causes(result.clusters, truth)]
    return "\n".join(lines)


def vocabulary_gap(clusters: pa.Table, truth: pa.Table) -> dict[str, float]:
    """Share of true pairs found, among umbrellas that a list may know and among invented ones: look-up or meaning."""
    both = clusters.join(truth.select(["record_id", "entity_id", "vocabulary"]), "record_id").combine_chunks()
    out = {}
    for label in ("known", "invented"):
        part = both.filter(pc.equal(both.column("vocabulary"), label))
        entity = np.unique(np.asarray(part.column("entity_id").to_pylist()), return_inverse=True)[1]
        found = np.unique(np.asarray(part.column("cluster_id").to_pylist()), return_inverse=True)[1]
        of_true = np.bincount(entity) if len(entity) else np.zeros(1, int)
        n = np.unique(entity.astype(np.int64) << 32 | found, return_counts=True)[1] if len(entity) else of_true
        total = int((of_true * (of_true - 1) // 2).sum())
        out[label] = int((n * (n - 1) // 2).sum()) / total if total else 1.0
    return out
