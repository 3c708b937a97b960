"""Which services are compared: those of one organisation, across sources; of one source only those of like names."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes, coded
from pipeline.dedupe.services.compare import ServiceTable
from pipeline.dedupe.services.rules import ServiceRules

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows to compare, `a[i] < b[i]`, in rising order."""

    a: Codes
    b: Codes
    hot_entities: int
    """Organisations with so many services that only shared words brought theirs together."""
    capped_words: int
    """Words of those that too many of their services share, so that they brought nobody together."""


def candidates(table: ServiceTable, rules: ServiceRules, extra: list[tuple[int, int]]) -> Candidates:
    """All pairs across sources within an organisation, equal names within a source, and the `extra` pairs.

    In an organisation of more than `hot_services` services a shared word of the names is needed, and a word that more
    than `hot_per_word` of its services carry does not count; the whole of the words, with a time or place, then does.
    """
    entity, entities = coded(table.rows.column("entity"))
    size = np.bincount(entity[entity >= 0], minlength=len(entities) + 1)
    hot = (entity >= 0) & (size[entity] > rules.hot_services)
    cold = np.flatnonzero((entity >= 0) & ~hot)
    row, word = _words(table, np.flatnonzero(hot))
    code, _ = coded(pa.array(word, pa.string()))
    _, group = np.unique(entity[row].astype(np.int64) << 32 | code, return_inverse=True)
    many = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    kept = many[group] <= rules.hot_per_word
    groups = np.concatenate([entity[cold].astype(np.int64), len(entities) + group[kept]])
    found = _pairs(np.concatenate([cold, row[kept]]), groups, table)
    judged = np.array([min(p) << 32 | max(p) for p in extra], dtype=np.int64)
    pairs = np.unique(np.concatenate([found, judged]))
    return Candidates(
        (pairs >> 32).astype(np.int32),
        (pairs & 0xFFFFFFFF).astype(np.int32),
        int((size > rules.hot_services).sum()),
        int((many > rules.hot_per_word).sum()),
    )


def _words(table: ServiceTable, rows: Rows) -> tuple[Rows, list[str]]:
    """Row and word: each word of the names, and all words with each time and place."""
    picked = table.rows.select(["slots", "dates", "streets"]).take(pa.array(rows)).to_pylist()
    at: list[int] = []
    words: list[str] = []
    for i, told in zip(rows.tolist(), picked, strict=True):
        core = table.cores[0][i]
        found = {*core.split(), *table.cores[1][i].split()}
        found |= {f"{core}\x1f{value}" for values in told.values() for value in values if value}
        at += [i] * len(found)
        words += sorted(found)
    return np.array(at, dtype=np.int64), words


def _pairs(row: Rows, group: Rows, table: ServiceTable) -> Rows:
    """`a << 32 | b` for the rows of each group that are of two sources, or have the same name."""
    source, _ = coded(table.rows.column("source"))
    core, _ = coded(pa.array(table.cores[0], pa.string()))
    order = np.lexsort((row, group))
    row, group = row[order], group[order]
    _, starts, counts = np.unique(group, return_index=True, return_counts=True)
    after = np.repeat(starts + counts, counts) - np.arange(len(row)) - 1  # members that follow in the group
    found: list[Rows] = [np.zeros(0, dtype=np.int64)]
    here = np.flatnonzero(after > 0)
    step = 1
    while len(here):
        a, b = row[here], row[here + step]
        good = (source[a] != source[b]) | (core[a] == core[b])
        found.append(a[good] << 32 | b[good])
        step += 1
        here = here[after[here] >= step]
    return np.concatenate(found)
