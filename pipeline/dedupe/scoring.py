"""Bits, probability and decision of each compared pair, and the reasons that add up to the bits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.calibration import probability, worth
from pipeline.dedupe.comparison import VOCABULARY, Comparison
from pipeline.dedupe.name_vocabulary import L
from pipeline.dedupe.weights import Weights

DIFFERENT, RELATED, MAYBE, SAME = range(4)
GROUP = 2.0
"""Bits that a group says for a doubtful pair inside it, and against one between it and another."""
AGREED = 1.0
"""Bits that a group adds to a pair that the threshold joined, and the others of the group do not contradict."""
DECISIONS = ("different", "related", "maybe", "same")

_VALUES = {
    "name": "name",
    "full_name": "name",
    "letters": "name",
    "business_id": "business_id",
    "association_number": "association_number",
    "phone": "phones",
    "email": "emails",
    "host": "hosts",
    "street": "street_key",
    "place": "place",
    "legal_form": "legal_form",
    "umbrella": "umbrella",
    "level": "level",
    "section": "section",
    "dependent": "dependent",
    "head": "head",
}
"""Feature -> the column whose values explain it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One entry per compared pair."""

    score: npt.NDArray[np.float64]
    decision: npt.NDArray[np.int8]
    rule: npt.NDArray[np.int16]
    """Index into `rules`."""
    rules: tuple[str, ...]
    without_rule: npt.NDArray[np.float64]
    """The score without the bits of the finding that decided; the score itself where the threshold decided."""
    doubt: npt.NDArray[np.float64] | None = None
    """Bits for one organisation where so much stands against the finding that decided that a person should look;
    minus infinity elsewhere; null when no rule is doubted."""


def score(comparison: Comparison, weights: Weights) -> Scored:
    """Adds up the bits and decides: first the rules in their order, then the thresholds."""
    n = len(comparison.a)
    total = np.round(weights.prior + bits_of(comparison, weights), 6)
    bits = worth(total, weights.calibration)
    decision = np.where(bits >= weights.same, SAME, np.where(bits >= weights.maybe, MAYBE, DIFFERENT)).astype(np.int8)
    rules = ("threshold", *(r.id for r in weights.rules))
    rule = np.zeros(n, dtype=np.int16)
    rest = total.copy()
    doubt = np.full(n, -np.inf)
    family, alike = _likeness(comparison)
    for i, r in enumerate(weights.rules, start=1):
        level = VOCABULARY[r.feature].index(r.outcome)
        hit = np.flatnonzero((comparison.levels[r.feature] == level) & (rule == 0))
        akin = family[hit] if r.feature == "place" else family[hit] | alike[hit]
        decision[hit] = np.where(akin & (r.decision == "related"), RELATED, DIFFERENT)
        rule[hit] = i
        rest[hit] -= weights.bits[r.feature][level]
        if r.doubt is not None:
            found = worth(np.round(rest[hit], 6), weights.calibration) - r.doubt
            doubt[hit] = np.where(found >= 0, found + 1.0, -np.inf)
    return Scored(total, decision, rule, rules, np.round(rest, 6), doubt)


def chance(scored: Scored, weights: Weights, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The probability that pairs are one organisation; for those in doubt, in spite of the finding that decides.

    Where only the group decided a doubtful pair, its word counts for `GROUP` bits; that it agrees for `AGREED`.
    """
    found = probability(scored.score[rows], weights.calibration)
    if "group" in scored.rules:
        odds = worth(scored.score[rows], weights.calibration)
        is_same = scored.decision[rows] == SAME
        by_group = scored.rule[rows] == scored.rules.index("group")
        said = np.where(by_group, np.where(is_same, GROUP, -GROUP), np.where(is_same, AGREED, 0.0))
        found = np.where(by_group | (scored.rule[rows] == 0), probability(odds + said, ()), found)
    if scored.doubt is None:
        return found
    in_doubt = scored.doubt[rows] > -np.inf
    return np.where(in_doubt, probability(scored.doubt[rows], ()), found)


def bits_of(
    comparison: Comparison,
    weights: Weights,
    rows: npt.NDArray[np.int64] | slice = slice(None),
    skip: tuple[str, ...] = (),
) -> npt.NDArray[np.float64]:
    """The sum of the bits of all features but `skip`, for all pairs or some."""
    total = np.zeros(len(comparison.a[rows]))
    for feature in VOCABULARY:
        if feature not in skip:
            total += np.asarray(weights.bits[feature])[comparison.levels[feature][rows]]
    return total


def _likeness(comparison: Comparison) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(of one umbrella, of like names): what makes two different bodies related rather than strangers."""
    umbrella = comparison.levels["umbrella"] == VOCABULARY["umbrella"].index("same")
    name = comparison.levels["name"]
    far = VOCABULARY["place"].index("conflict")
    alike = (name >= L["contains"]) & (name != L["exact_common"]) & (comparison.levels["place"] != far)
    alike |= (comparison.levels["section"] == 1) & (name >= L["contains"]) & (comparison.levels["place"] != far)
    return umbrella & (name > L["different"]), alike


def with_judgements(
    comparison: Comparison, scored: Scored, together: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> Scored:
    """What people decided stands: their pairs are same or different by the rules `must_link`, `must_not_link`.

    The score stays what the findings add up to. A pair judged both ways is kept apart.
    """
    if not together and not apart:
        return scored
    key = comparison.a.astype(np.int64) << 32 | comparison.b
    decision, rule = scored.decision.copy(), scored.rule.copy()
    for number, (pairs, value) in enumerate(((together, SAME), (apart, DIFFERENT)), start=len(scored.rules)):
        wanted = np.array([min(p) << 32 | max(p) for p in pairs], dtype=np.int64)
        hit = np.isin(key, wanted)
        decision[hit], rule[hit] = value, number
    names = (*scored.rules, "must_link", "must_not_link")
    return Scored(scored.score, decision, rule, names, scored.without_rule, scored.doubt)


def match_rows(scored: Scored, weights: Weights, comparison: Comparison | None = None) -> npt.NDArray[np.int64]:
    """The pairs worth telling: all but those that are plainly different.

    A pair that a rule keeps apart is told when it would have been one organisation without that finding: as related,
    or, given the comparison, as different only where the two share a number, a way to reach them or an address as
    well. Two of one name in two towns are different by their names, which no pair has to say.
    """
    kept = (scored.decision == SAME) | (scored.decision == MAYBE)
    ruled = np.flatnonzero(scored.rule > 0)
    ruled = ruled[worth(scored.without_rule[ruled], weights.calibration) >= weights.same]
    if comparison is not None:
        ruled = ruled[(scored.decision[ruled] == RELATED) | _share(comparison, ruled)]
    kept[ruled] = True
    told = np.array([r.startswith("must_") or r == "group" for r in scored.rules], dtype=bool)
    kept |= told[scored.rule]
    return np.flatnonzero(kept)


def _share(comparison: Comparison, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of some pairs have an equal value that is not everybody's."""
    found = np.zeros(len(rows), dtype=bool)
    for name in ("business_id", "association_number", "phone", "email", "host", "street"):
        shares = [level in ("agree", "agree_alone", "agree_few", "agree_rare") for level in VOCABULARY[name]]
        found |= np.array(shares, dtype=bool)[comparison.levels[name][rows]]
    return found


def reasons(features: pa.Table, comparison: Comparison, weights: Weights, rows: npt.NDArray[np.int64]) -> pa.Table:
    """Long rows of `match_reason`: one per feature that weighs anything, and the prior; they add up to the score."""
    a, b = comparison.a[rows], comparison.b[rows]
    pair: list[npt.NDArray[np.int64]] = [np.arange(len(rows))]
    feature = [np.zeros(len(rows), dtype=np.int8)]
    outcome = [np.zeros(len(rows), dtype=np.int32)]
    bits = [np.full(len(rows), weights.prior)]
    n = len(features)
    texts = pa.concat_arrays([pa.nulls(1, pa.string()), *(_texts(features, _VALUES[name]) for name in VOCABULARY)])
    value_a = [np.zeros(len(rows), dtype=np.int64)]
    value_b = [np.zeros(len(rows), dtype=np.int64)]
    outcomes = ["candidate_pair"]
    for number, (name, levels) in enumerate(VOCABULARY.items(), start=1):
        level = comparison.levels[name][rows]
        contribution = np.asarray(weights.bits[name])[level]
        told = np.flatnonzero(contribution != 0)
        pair.append(told)
        feature.append(np.full(len(told), number, dtype=np.int8))
        outcome.append(level[told].astype(np.int32) + len(outcomes))
        outcomes += levels
        bits.append(contribution[told])
        value_a.append(1 + (number - 1) * n + a[told].astype(np.int64))
        value_b.append(1 + (number - 1) * n + b[told].astype(np.int64))
    order = np.argsort(np.concatenate(pair), kind="stable")
    which = np.concatenate(pair)[order]
    ids = features.column("record_id").combine_chunks()
    return pa.table(
        {
            "record_id_a": ids.take(pa.array(a[which])),
            "record_id_b": ids.take(pa.array(b[which])),
            "feature": pa.array(["prior", *VOCABULARY], pa.string()).take(pa.array(np.concatenate(feature)[order])),
            "outcome": pa.array(outcomes, pa.string()).take(pa.array(np.concatenate(outcome)[order])),
            "contribution": pa.array(np.concatenate(bits)[order]),
            "value_a": texts.take(pa.array(np.concatenate(value_a)[order])),
            "value_b": texts.take(pa.array(np.concatenate(value_b)[order])),
        }
    )


def _texts(features: pa.Table, column: str) -> pa.Array:
    values = features.column(column).combine_chunks()
    if pa.types.is_list(values.type):
        joined = pc.binary_join(values, " | ")
        return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
    return values
