"""Decisions that cannot all be right: found before anything is applied, each as its smallest conflicting set.

`same` carries on (A is B and B is C, so A is C); `different` and `related` say that two are not one. A decision that
two are not one contradicts every chain of `same` between them; the smallest set is the shortest such chain with that
decision. Two decisions on one pair contradict each other when they say different things and neither revokes the
other; `different` and `related` do not, for who belong together are two.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]
APART = ("different", "related")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one row of `judgements.csv` says."""

    id: str
    line: int
    a: str
    b: str
    decision: str
    """same, different, unsure or related."""
    relation: str = ""

    @property
    def pair(self) -> Pair:
        """Both records, the smaller first."""
        return (self.a, self.b) if self.a < self.b else (self.b, self.a)

    @property
    def meaning(self) -> tuple[str, ...]:
        """What it says, so that equal meanings agree; in parent and chapter it matters who is first."""
        if self.decision != "related" or self.relation == "affiliated":
            return (self.decision, self.relation)
        return ("related", "above", self.a)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Decisions of which at least one is wrong, by line; without any of its pairs the rest agree."""

    decisions: tuple[Decision, ...]

    def __str__(self) -> str:
        said = (f"line {d.line} ({d.id}) says {d.a} and {d.b} are {_WORDS[d.decision]}" for d in self.decisions)
        return "; ".join(said)


_WORDS = {"same": "one", "different": "two", "unsure": "perhaps one", "related": "two that belong together"}


def contradictions(decisions: Iterable[Decision]) -> list[Contradiction]:
    """All contradictions; what is in none of them can be applied together. The order of the decisions is no matter."""
    on: dict[Pair, list[Decision]] = defaultdict(list)
    for one in sorted(decisions, key=lambda d: (d.line, d.id)):
        on[one.pair].append(one)
    found = [rows for pair in sorted(on) if (rows := _at_odds(on[pair]))]
    ties: dict[str, set[str]] = defaultdict(set)
    for (a, b), rows in on.items():
        if any(r.decision == "same" for r in rows):
            ties[a].add(b)
            ties[b].add(a)
    for pair in sorted(on):
        apart = [r for r in on[pair] if r.decision in APART]
        if apart and pair[1] not in ties.get(pair[0], ()) and (chain := shortest(ties, *pair)):
            same = [r for link in chain for r in on[link] if r.decision == "same"]
            found.append([*same, *apart])
    return [Contradiction(tuple(sorted(rows, key=lambda d: (d.line, d.id)))) for rows in found]


def _at_odds(rows: list[Decision]) -> list[Decision]:
    """The rows on one pair when they disagree, else none."""
    meanings = {r.meaning for r in rows}
    if any(r.decision == "related" for r in rows):
        meanings -= {("different", "")}
    return rows if len(meanings) > 1 else []


def shortest(ties: Mapping[str, set[str]], start: str, goal: str) -> list[Pair]:
    """The pairs of the shortest chain between two records; of equally short ones always the same. Empty: none."""
    before: dict[str, str] = {start: start}
    todo = deque([start])
    while todo and goal not in before:
        here = todo.popleft()
        for there in sorted(ties.get(here, ())):
            if there not in before:
                before[there] = here
                todo.append(there)
    if goal not in before:
        return []
    chain, here = [], goal
    while here != start:
        chain.append((min(here, before[here]), max(here, before[here])))
        here = before[here]
    return chain
