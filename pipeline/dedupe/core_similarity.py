"""How alike the distinctive cores of two names are, by their letters, their words and how rare these are.

Belongs here: one core beside another. What the whole names of two records say is in `name_similarity`, the levels are
in `name_vocabulary`.
"""

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from pipeline.dedupe.coding import Bools, Codes
from pipeline.dedupe.name_table import LEAST, NameTable, Texts
from pipeline.dedupe.name_vocabulary import L
from pipeline.transform.names.lexicon import lexicon

TYPO, CLOSE = 88.0, 76.0
"""Percent of rapidfuzz's `ratio` on the sorted words of the cores."""
FEW_PLACES = 2
"""Places in which a core may stand so that a name that has it and more is that body's."""
MANY_PLACES = 11
"""Places from which a core is common."""
LEAD = 86.0
"""Percent of `ratio` on the rarest words of the two cores."""
SHORT_WORD = 7
"""Letters below which a word with another first letter is another word."""
LIKE = 66.0
"""Percent of `ratio` below which the words that two cores do not share are other words."""
MANY = 20_000
"""Texts from which several threads compare faster than one."""
NARROW = 3
"""Words that most cores have at most, and that are compared in less time."""
SHORTEST = LEAST
"""Cores shorter than this are never called a typing error of one another (Reima, Reipas)."""


def core_levels(table: NameTable, x: Codes, y: Codes, umbrella_x: Codes, umbrella_y: Codes) -> npt.NDArray[np.int8]:
    """Per two cores of `table` (-1 for none) and the umbrellas of their records the level, see `name_vocabulary`."""
    level = np.full(len(x), L["different"], dtype=np.int8)
    none_x, none_y = x < 0, y < 0
    level[none_x ^ none_y] = L["one_empty"]
    level[none_x & none_y & (umbrella_x >= 0) & (umbrella_x == umbrella_y)] = L["chapter"]
    same = (x == y) & ~none_x
    places = np.where(table.common[x[same]], MANY_PLACES, table.places[x[same]])
    level[same] = np.where(places <= 2, L["exact_rare"], np.where(places <= 10, L["exact_some"], L["exact_common"]))
    rest = np.flatnonzero(~same & ~none_x & ~none_y)
    if len(rest):
        ux, uy, back = unique_pairs(x[rest], y[rest])
        level[rest] = _unequal(table, ux, uy)[back]
    return level


def _unequal(table: NameTable, x: Codes, y: Codes) -> npt.NDArray[np.int8]:
    """Level of two cores that are not equal. The lead is the rarest word of a core."""
    alike = ratio(table.cores, x, y, CLOSE)
    common, shares, subset = _words_in_common(table, x, y)
    union = table.core_bits[x] + table.core_bits[y] - common
    agreement = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    shortest = np.minimum(table.cores.length[x], table.cores.length[y])
    rare = common >= table.rare_bits
    level = np.full(len(x), L["different"], dtype=np.int8)
    level[rare & (agreement >= 0.3)] = L["partial"]
    long_leads = np.minimum(table.leads.length[x], table.leads.length[y]) >= SHORTEST
    lead = np.zeros(len(x), dtype=np.float32)
    lead[long_leads] = ratio(table.leads, x[long_leads], y[long_leads], LEAD)
    other_word = np.zeros(len(x), dtype=bool)
    rows = np.flatnonzero((alike >= CLOSE) & shares)
    other_word[rows] = _other_word(table, table.words[x[rows]], table.words[y[rows]])
    level[((alike >= CLOSE) & ~other_word) | (agreement >= 0.6) | (lead >= LEAD)] = L["close"]
    shorter = np.where(table.size[x] <= table.size[y], x, y)
    # beside "Kotiseutuyhdistys", "Nienau Kotiseutuyhdistys" is another
    rare &= (table.places[shorter] <= FEW_PLACES) & ~table.common[shorter]
    level[(subset & rare) | _prefixed(table, x, y)] = L["contains"]
    level[((alike >= TYPO) & (shortest >= SHORTEST) & ~other_word) | (table.stems[x] == table.stems[y])] = L["typo"]
    digits = table.digits
    level[(digits[x] != digits[y]) & (digits[x] >= 0) & (digits[y] >= 0)] = L["other_number"]
    return level


def _words_in_common(table: NameTable, x: Codes, y: Codes) -> tuple[npt.NDArray[np.float32], Bools, Bools]:
    """(bits of the words that both cores have, whether there are any, whether one core has all words of the other)."""
    bits = np.zeros(len(x), dtype=np.float32)
    shares, subset = np.zeros(len(x), dtype=bool), np.zeros(len(x), dtype=bool)
    longest = np.maximum(table.size[x], table.size[y])
    widest = table.words.shape[1]
    for rows, width in ((np.flatnonzero(longest <= NARROW), NARROW), (np.flatnonzero(longest > NARROW), widest)):
        one, other = x[rows], y[rows]
        a, b = (np.ascontiguousarray(table.words[side, :width].T) for side in (one, other))
        in_b, in_a = _in_one_another(a, b)
        bits[rows] = (table.word_bits[a] * in_b).sum(0)
        shares[rows] = in_b.any(0)
        subset[rows] = (in_b.sum(0) == table.size[one]) | (in_a.sum(0) == table.size[other])
    return bits, shares, subset


def _in_one_another(a: Codes, b: Codes) -> tuple[Bools, Bools]:
    """(which words of `a` are in the same column of `b`, and the other way round); -1 is no word."""
    in_b, in_a = np.zeros(a.shape, dtype=bool), np.zeros(b.shape, dtype=bool)
    for i, mine in enumerate(a):
        for j, theirs in enumerate(b):
            equal = (mine == theirs) & (mine >= 0)
            in_b[i] |= equal
            in_a[j] |= equal
    return in_b, in_a


def _other_word(table: NameTable, a: Codes, b: Codes) -> Bools:
    """Which of some pairs that share words have other words beside them: "Työväen Soittokunta Kaiku" and "Ahti".

    `a` and `b` are the words of each core. Many letters are equal in both, but they are the shared words'.
    """
    in_b, in_a = (found.T for found in _in_one_another(a.T, b.T))
    found = np.zeros(len(a), dtype=bool)
    mine, theirs = (a >= 0) & ~in_b, (b >= 0) & ~in_a
    rows = np.flatnonzero(mine.any(1) & theirs.any(1))
    if len(rows):
        texts: dict[str, int] = {}
        left, right = _rest(table, a[rows], mine[rows], texts), _rest(table, b[rows], theirs[rows], texts)
        x, y, back = unique_pairs(left, right)
        said = list(texts)
        found[rows] = _are_other([said[i] for i in x.tolist()], [said[i] for i in y.tolist()])[back]
    return found


def _rest(table: NameTable, words: Codes, kept: Bools, texts: dict[str, int]) -> Codes:
    """The number in `texts`, which grows, of the kept words of each row; mostly it is one word."""
    found = np.zeros(len(words), dtype=np.int32)
    one = kept.sum(1) == 1
    single = words[one, kept[one].argmax(1)]
    codes, back = np.unique(single, return_inverse=True)
    numbers = [texts.setdefault(table.dictionary[c], len(texts)) for c in codes.tolist()]
    found[one] = np.array(numbers, dtype=np.int32)[back] if len(numbers) else 0
    for row in np.flatnonzero(~one).tolist():
        glued = "".join(table.dictionary[w] for w in words[row][kept[row]].tolist())
        found[row] = texts.setdefault(glued, len(texts))
    return found


def _are_other(one: list[str], other: list[str]) -> Bools:
    """Whether two words are unlike; one that is cut short or mistyped is no other word."""
    found = process.cpdist(one, other, scorer=fuzz.ratio, dtype=np.float32) < LIKE
    for i, (p, q) in enumerate(zip(one, other, strict=True)):
        if p.startswith(q) or q.startswith(p):
            found[i] = False
        elif p[0] != q[0] and p[:2] != q[1::-1] and max(len(p), len(q)) < SHORT_WORD:
            found[i] = True  # Väinö and Aino
    return np.asarray(found, dtype=bool)


def _prefixed(table: NameTable, x: Codes, y: Codes) -> Bools:
    """One core is the beginning of the other: a brand with and without its noun ("Valnaukoti", "Valnau").

    Not where the longer one is a noun itself: a Seurakuntayhtymä is another body than its Seurakunta.
    """
    fits = np.flatnonzero(table.beginning[x] == table.beginning[y])
    one, other = x[fits], y[fits]
    is_one_word = (table.size[one] < 2) & (table.size[other] < 2)
    is_long = np.minimum(table.cores.length[one], table.cores.length[other]) >= SHORTEST
    fits = fits[is_one_word & is_long]
    found = np.zeros(len(x), dtype=bool)
    heads = lexicon().heads
    found[fits] = [
        (p.startswith(q) and p not in heads) or (q.startswith(p) and q not in heads)
        for p, q in zip(table.cores.values[x[fits]], table.cores.values[y[fits]], strict=True)
    ]
    return found


def ratio(texts: Texts, x: Codes, y: Codes, least: float) -> npt.NDArray[np.float32]:
    """Percent of rapidfuzz's `ratio`, 0 below `least`; texts of too different lengths are not looked at."""
    short, long_ = np.minimum(texts.length[x], texts.length[y]), np.maximum(texts.length[x], texts.length[y])
    found = np.zeros(len(x), dtype=np.float32)
    rows = np.flatnonzero(200.0 * short >= least * (short + long_))
    if len(rows):
        left, right = texts.values[x[rows]], texts.values[y[rows]]
        found[rows] = process.cpdist(
            left, right, scorer=fuzz.ratio, dtype=np.float32, score_cutoff=least, workers=-1 if len(rows) > MANY else 1
        )
    return found


def unique_pairs(x: Codes, y: Codes) -> tuple[Codes, Codes, npt.NDArray[np.int64]]:
    """Each pair of codes once: chapters and repeated names make most pairs of names equal."""
    both, back = np.unique(x.astype(np.int64) << 32 | (y.astype(np.int64) & 0xFFFFFFFF), return_inverse=True)
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32), back
