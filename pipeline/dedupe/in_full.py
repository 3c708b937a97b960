"""Abbreviations that the names at hand explain: where "KVL" stands, "Kotiväen Lepoliitto" stands, again and again."""

from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.word_lists import codes, replaced, spoken, words_of
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.stems import place_stem, stem

TOGETHER = 2
"""Places where an abbreviation and its expansion must both be seen."""
Meaning = tuple[str | None, tuple[str, ...]]
"""Umbrella, and words of the core."""


def abbreviations(parsed: dict[str, Any], written: set[str]) -> dict[str, Meaning]:
    """Pairs abbreviations (in small letters) with cores that stand in the same places and whose letters fit."""
    together: dict[str, Counter[Meaning]] = defaultdict(Counter)
    for key, there in _by_place(parsed).items():
        shorts = {core for umbrella, core, _ in there if umbrella is None and core in written}
        if not shorts:
            continue
        by_initial: dict[str, list[str]] = defaultdict(list)
        for short in shorts:
            by_initial[short[0]].append(short)
        for umbrella, core, ascii_ in there:
            if core.split(" ", 1)[0] in shorts:
                continue
            place = key[1:]
            words = ascii_.split(" ")
            if (first := next((w for w in words if _is_said(w, place)), None)) is None or first[0] not in by_initial:
                continue
            said = tuple(w for w in words if _is_said(w, place))
            meaning = umbrella, tuple(core.split(" ")) if core else ()
            for short in by_initial[first[0]]:
                if _fits(short, said):
                    together[short][meaning] += 1
    meant: dict[str, Meaning] = {}
    for short, found in together.items():
        best = sorted(found.items(), key=lambda kv: (-kv[1], -len(kv[0][1]), str(kv[0])))
        merged = sum(c for k, c in best if _family(k) == _family(best[0][0]))
        rivals = [c for k, c in best if _family(k) != _family(best[0][0])]
        if merged >= TOGETHER and (not rivals or rivals[0] * 4 <= best[0][1]):
            meant[short] = best[0][0]
    return meant


@lru_cache(maxsize=1 << 18)
def _fits(short: str, said: tuple[str, ...]) -> bool:
    """The same words are said in many places."""
    return letters_fit(short, list(said)) and _ends_alike(short, said)


def _ends_alike(short: str, said: tuple[str, ...]) -> bool:
    """In a single compound the last letter is that of its head: NSL is a "Nivelsuojaliitto", no "-yhdistys"."""
    if len(said) > 1:
        return True
    head = next((e for e, _, _ in lexicon().head_suffixes if said[0].endswith(e)), None)
    return head is not None and head[0] == short[-1]


def _by_place(parsed: dict[str, Any]) -> dict[str, list[tuple[str | None, str, str]]]:
    """Key of a place -> (umbrella, core, full name) of the names that stand in it and in no other, different ones
    only; the first full name of each."""
    cores = spoken(parsed["core"])
    told = (np.asarray(pc.list_value_length(parsed["core"])) > 0) | np.asarray(parsed["umbrella"].is_valid())
    rows = np.flatnonzero((np.asarray(pc.list_value_length(parsed["place_keys"])) == 1) & told)
    if not len(rows):
        return {}
    some = pa.array(rows)
    keys = pc.list_element(parsed["place_keys"].take(some), 0)
    _, first = np.unique(codes(keys, parsed["umbrella"].take(some), cores.take(some)), return_index=True)
    first.sort()
    some = pa.array(rows[first])
    columns = (keys.take(pa.array(first)), parsed["umbrella"].take(some), cores.take(some), parsed["ascii"].take(some))
    found: dict[str, list[tuple[str | None, str, str]]] = defaultdict(list)
    for key, *name in zip(*(c.to_pylist() for c in columns), strict=True):
        found[key].append((name[0], name[1], name[2]))
    return found


def _family(meaning: Meaning) -> tuple[str | None, str]:
    """What a core belongs to, whatever its inflection."""
    return meaning[0], " ".join(sorted(map(stem, meaning[1])))


def _is_said(word: str, place: str) -> bool:
    """Whether an abbreviation says the word: not a place, a stop or a legal form."""
    return _has_a_letter(word) and place_stem(word) != place


@lru_cache(maxsize=1 << 18)
def _has_a_letter(word: str) -> bool:
    lex = lexicon()
    return word not in place_words() and word not in lex.stops and word not in lex.forms


def say_in_full(parsed: dict[str, Any], meant: dict[str, Meaning]) -> None:
    """Says an abbreviation by what it stands for; one beside its own expansion is said once."""
    owner, code, values = words_of(parsed["core"])
    rows = np.unique(owner[np.array([v in meant for v in values], dtype=bool)[code]]) if meant else owner[:0]
    some = pa.array(rows)
    found = [
        _in_full(u, c, meant)
        for u, c in zip(parsed["umbrella"].take(some).to_pylist(), parsed["core"].take(some).to_pylist(), strict=True)
    ]
    parsed["umbrella"] = replaced(parsed["umbrella"], rows, [u for u, _ in found])
    parsed["core"] = replaced(parsed["core"], rows, [c for _, c in found])


def _in_full(umbrella: str | None, core: list[str], meant: dict[str, Meaning]) -> tuple[str | None, list[str]]:
    short = next(w for w in core if w in meant)
    family, words = meant[short]
    rest = [w for w in core if w != short]
    stems = {stem(w) for w in words}
    return umbrella or family, [*words, *(w for w in rest if stem(w) not in stems)]
