"""Abbreviations that the names at hand explain: where "KVL" stands, "Kotiväen Lepoliitto" stands, again and again."""

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import distinct
from pipeline.dedupe.in_turn import fit_in_turn
from pipeline.dedupe.standing import Standing, letters_of, standing
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.stems import stem, stems_of
from pipeline.transform.names.word_lists import TEXT, Ints, coded_words, replaced

TOGETHER = 2
"""Places where an abbreviation and its expansion must both be seen."""
Meaning = tuple[str | None, tuple[str, ...]]
"""Umbrella, and words of the core."""


def abbreviations(parsed: dict[str, Any], written: set[str]) -> dict[str, Meaning]:
    """Pairs abbreviations (in small letters) with cores that stand in the same places and whose letters fit.

    Whether letters fit is asked of the wordings that stand beside the abbreviation at least `TOGETHER` times, and of
    all others only where one of those fits: most pairs meet once, by chance.
    """
    names = standing(parsed, written)
    short, name = _met(names)
    if not len(short):
        return {}
    often = _often(short, names.family[name])
    fit = np.zeros(len(short), dtype=bool)
    fit[often] = _fitting(names, short[often], name[often])
    likely = distinct(short[fit][_often(short[fit], names.family[name[fit]])])
    asked = np.isin(short, likely) & ~often
    fit[asked] = _fitting(names, short[asked], name[asked])
    fit &= np.isin(short, likely)
    size = len(names.meanings)
    found, times = np.unique(short[fit] * size + names.meaning[name[fit]], return_counts=True)
    together: dict[str, list[tuple[Meaning, int]]] = defaultdict(list)
    for k, meaning, n in zip(found.tolist(), _meanings(names, found % size), times.tolist(), strict=True):
        together[names.shorts[k // size]].append((meaning, n))
    meant: dict[str, Meaning] = {}
    for word, of_word in together.items():
        best = sorted(of_word, key=lambda kv: (-kv[1], -len(kv[0][1]), str(kv[0])))
        families = [_family(k) for k, _ in best]
        merged = sum(c for family, (_, c) in zip(families, best, strict=True) if family == families[0])
        rivals = [c for family, (_, c) in zip(families, best, strict=True) if family != families[0]]
        if merged >= TOGETHER and (not rivals or rivals[0] * 4 <= best[0][1]):
            meant[word] = best[0][0]
    return meant


def _met(names: Standing) -> tuple[Ints, Ints]:
    """(abbreviation, name): the names of its place that begin with its letter, and not with an abbreviation there, and
    have all its letters."""
    is_short = np.flatnonzero(names.short >= 0)
    first, letters = letters_of(names.shorts)
    size = len(names.shorts) + 1
    there = names.place[is_short] * size + names.short[is_short]
    others = np.flatnonzero((names.initial >= 0) & ~np.isin(names.place * size + names.begins_with, there))
    span = int(max(first.max(initial=0), names.initial.max(initial=0))) + 1
    key = names.place[is_short] * span + first[names.short[is_short]]
    order = np.argsort(key, kind="stable")
    asked = names.place[others] * span + names.initial[others]
    left = np.searchsorted(key[order], asked)
    count = np.searchsorted(key[order], asked, side="right") - left
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    short, name = names.short[is_short][order][np.repeat(left, count) + nth], np.repeat(others, count)
    missing = letters[short] & ~names.letters[name]
    return short[missing == 0], name[missing == 0]


def _often(short: Ints, family: Ints) -> npt.NDArray[np.bool_]:
    """Which pairs meet at least `TOGETHER` times."""
    _, kind, times = np.unique(short * (family.max(initial=0) + 1) + family, return_inverse=True, return_counts=True)
    return (times >= TOGETHER)[kind]


def _fitting(names: Standing, short: Ints, name: Ints) -> npt.NDArray[np.bool_]:
    """Whether the letters of the abbreviations fit the names; each wording is asked once."""
    encoded = names.said.take(pa.array(name)).dictionary_encode()
    texts, size = encoded.dictionary, max(len(encoded.dictionary), 1)
    pairs, kind = np.unique(short * size + np.asarray(encoded.indices, dtype=np.int64), return_inverse=True)
    each, text = pairs // size, pairs % size
    fits = fit_in_turn(names.shorts, each, texts, text)
    is_one = ~np.asarray(pc.match_substring(texts, " "), dtype=bool)
    ones = np.flatnonzero(fits & is_one[text])
    words = texts.take(pa.array(text[ones])).to_pylist()
    fits[ones] = [_ends_alike(names.shorts[n], w) for n, w in zip(each[ones].tolist(), words, strict=True)]
    return fits[kind]


def _meanings(names: Standing, numbers: Ints) -> list[Meaning]:
    rows = names.meanings.take(pa.array(numbers))
    columns = (names.umbrella.take(rows).to_pylist(), names.core.take(rows).to_pylist())
    return [(umbrella, tuple(core)) for umbrella, core in zip(*columns, strict=True)]


def _ends_alike(short: str, word: str) -> bool:
    """In a single compound the last letter is that of its head: NSL is a "Nivelsuojaliitto", no "-yhdistys"."""
    head = next((e for e, _, _ in lexicon().head_suffixes if word.endswith(e)), None)
    return head is not None and head[0] == short[-1]


def _family(meaning: Meaning) -> tuple[str | None, str]:
    """What a core belongs to, whatever its inflection."""
    return meaning[0], stems_of(meaning[1])


def say_in_full(parsed: dict[str, Any], meant: dict[str, Meaning]) -> None:
    """Says an abbreviation by what it stands for; one beside its own expansion is said once."""
    owner, code, words = coded_words(parsed["core"])
    is_short = np.asarray(pc.is_in(words, value_set=pa.array(list(meant), TEXT)), dtype=bool)
    rows = distinct(owner[is_short[code]])
    some = pa.array(rows)
    found = [
        _in_full(u, c, meant)
        for u, c in zip(parsed["umbrella"].take(some).to_pylist(), parsed["core"].take(some).to_pylist(), strict=True)
    ]
    parsed["umbrella"] = replaced(parsed["umbrella"], rows, [u for u, _ in found])
    parsed["core"] = replaced(parsed["core"], rows, [c for _, c in found])
    parsed["stems"] = replaced(parsed["stems"], rows, [stems_of(c) for _, c in found])


def _in_full(umbrella: str | None, core: list[str], meant: dict[str, Meaning]) -> tuple[str | None, list[str]]:
    short = next(w for w in core if w in meant)
    family, words = meant[short]
    rest = [w for w in core if w != short]
    stems = {stem(w) for w in words}
    return umbrella or family, [*words, *(w for w in rest if stem(w) not in stems)]
