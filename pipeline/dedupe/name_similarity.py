"""How alike two records' names are, judged on the distinctive core and by how rare it is.

The best pair of names counts where records have several. Levels, strongest first:

`exact_rare`, `exact_some`, `exact_common`: same core, which stands in at most 2, at most 10, or more places;
`chapter`: no core of its own, but the same umbrella (place and level are compared apart);
`national_body`: both are the umbrella itself, national and without a place;
`typo`: cores that differ by a letter or so, or in case and number only;
`contains`: all words of one in the other, a rare one among them;
`translation`: one says in Swedish what the other says in Finnish;
`abbreviation`: one is the abbreviation or the initials of the other; `close`, `partial`: less;
`nameless`: a record without a name; `one_empty`: one has no core;
`other_language`: unlike, but one is Swedish and one Finnish, which tells nothing;
`different`: unlike; `other_number`: both have a number and not the same one (osasto 12, osasto 13).
"""

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from pipeline.dedupe.coding import Codes
from pipeline.dedupe.name_table import LEAST, NameTable, Texts
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon

LEVELS = (
    "other_number", "different", "other_language", "one_empty", "nameless", "partial", "close", "abbreviation",
    "translation", "contains", "typo", "chapter", "exact_common", "exact_some", "national_body", "exact_rare",
)  # fmt: skip
"""Weakest first: the best of several name pairs is the largest."""
L = {name: i for i, name in enumerate(LEVELS)}
FULL = ("unlike", "alike", "same")

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
ALIKE = 90.0
"""Percent of `token_sort_ratio` on the full names without form."""
MANY = 20_000
"""Texts from which several threads compare faster than one."""
NARROW = 3
"""Words that most cores have at most, and that are compared in less time."""
SHORTEST = LEAST
"""Cores shorter than this are never called a typing error of one another (Reima, Reipas)."""


def name_levels(table: NameTable, a: Codes, b: Codes) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """(level of the core in `LEVELS`, of the full name in `FULL`) for aligned row numbers."""
    best = np.zeros(len(a), dtype=np.int8)
    full = np.zeros(len(a), dtype=np.int8)
    width_a, width_b = table.width[a], table.width[b]
    best[(width_a == 0) | (width_b == 0)] = L["nameless"]
    for i in range(int(width_a.max(initial=0))):
        for j in range(int(width_b.max(initial=0))):
            rows = np.flatnonzero((width_a > i) & (width_b > j))
            if not len(rows):
                continue
            x, y = a[rows], b[rows]
            level = _core(table, table.core_of[x, i], table.core_of[y, j], table.umbrella[x], table.umbrella[y])
            best[rows] = np.maximum(best[rows], level)
            full[rows] = np.maximum(full[rows], _full(table, table.full_of[x, i], table.full_of[y, j]))
    _lift(best, full, table, a, b)
    _raise_leagues(best, table, a, b)
    rows = np.flatnonzero(best == L["chapter"])
    x, y = a[rows], b[rows]
    national = table.is_national[x] & table.is_national[y] & ~_in_two_towns(table, x, y)
    best[rows[national]] = L["national_body"]
    rows = np.flatnonzero(best == L["different"])
    one, other = table.language[a[rows]], table.language[b[rows]]
    best[rows[(one >= 0) & (other >= 0) & (one != other)]] = L["other_language"]
    said = table.concept[a]
    rows = np.flatnonzero((said >= 0) & (said == table.concept[b]))
    rows = rows[table.is_swedish[a[rows]] != table.is_swedish[b[rows]]]
    rows = rows[(best[rows] < L["translation"]) & (best[rows] != L["other_number"])]
    best[rows] = L["translation"]
    open_ = np.flatnonzero(best < L["abbreviation"])
    best[open_[_abbreviated(table, a[open_], b[open_])]] = L["abbreviation"]
    return best, full


def _raise_leagues(best: npt.NDArray[np.int8], table: NameTable, a: Codes, b: Codes) -> None:
    """Leagues of common words are rare all the same: there is one Palloliitto."""
    rows = np.flatnonzero(best == L["exact_common"])
    x, y = a[rows], b[rows]
    core = table.core_of[x, 0]
    is_one = table.is_league[x] & table.is_league[y] & (core == table.core_of[y, 0])
    best[rows[is_one & (table.places[core] <= FEW_PLACES)]] = L["exact_rare"]


def _in_two_towns(table: NameTable, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """Two addresses in different towns, neither in Helsinki: "Eläkeliitto" of Puolanka and of Suomussalmi may be two
    chapters that are called by their umbrella."""
    x, y = table.town[a], table.town[b]
    return (x >= 0) & (y >= 0) & (x != y) & ~table.in_capital[a] & ~table.in_capital[b]


def _lift(best: npt.NDArray[np.int8], full: npt.NDArray[np.int8], table: NameTable, a: Codes, b: Codes) -> None:
    """Equal full names are at least a typing error apart, nearly equal ones close, whatever the parser made of them.

    Not where all that is left of a name are a few letters (NMK: is it NMKY or NNKY?).
    """
    best[(full == FULL.index("same")) & (best < L["typo"])] = L["typo"]
    rows = np.flatnonzero(full == FULL.index("alike"))
    rows = rows[np.isin(best[rows], (L["one_empty"], L["partial"], L["other_language"]))]
    one, other = table.core_of[a[rows], 0], table.core_of[b[rows], 0]
    is_long = np.maximum(table.cores.length[one], table.cores.length[other]) >= SHORTEST
    best[rows[is_long]] = L["close"]


def _unique_pairs(x: Codes, y: Codes) -> tuple[Codes, Codes, npt.NDArray[np.int64]]:
    """Each pair of codes once: chapters and repeated names make most pairs of names equal."""
    both, back = np.unique(x.astype(np.int64) << 32 | (y.astype(np.int64) & 0xFFFFFFFF), return_inverse=True)
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32), back


def _ratio(texts: Texts, x: Codes, y: Codes, least: float) -> npt.NDArray[np.float32]:
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


def _full(table: NameTable, x: Codes, y: Codes) -> npt.NDArray[np.int8]:
    """ "Viinaseura" and "Viina seura" are the same, and so are "Kotkan Taideyhdistys" and "Taideyhdistys Kotka"."""
    level = np.zeros(len(x), dtype=np.int8)
    both = (x >= 0) & (y >= 0)
    level[((table.joined[x] == table.joined[y]) | (table.inflected[x] == table.inflected[y])) & both] = 2
    rest = np.flatnonzero((level == 0) & both)
    level[rest] = _ratio(table.fulls, x[rest], y[rest], ALIKE) > 0
    return level


def _core(table: NameTable, x: Codes, y: Codes, umbrella_x: Codes, umbrella_y: Codes) -> npt.NDArray[np.int8]:
    level = np.full(len(x), L["different"], dtype=np.int8)
    none_x, none_y = x < 0, y < 0
    level[none_x ^ none_y] = L["one_empty"]
    level[none_x & none_y & (umbrella_x >= 0) & (umbrella_x == umbrella_y)] = L["chapter"]
    same = (x == y) & ~none_x
    places = np.where(table.common[x[same]], MANY_PLACES, table.places[x[same]])
    level[same] = np.where(places <= 2, L["exact_rare"], np.where(places <= 10, L["exact_some"], L["exact_common"]))
    rest = np.flatnonzero(~same & ~none_x & ~none_y)
    if len(rest):
        ux, uy, back = _unique_pairs(x[rest], y[rest])
        level[rest] = _unequal(table, ux, uy)[back]
    return level


def _unequal(table: NameTable, x: Codes, y: Codes) -> npt.NDArray[np.int8]:
    """Level of two cores that are not equal. The lead is the rarest word of a core."""
    ratio = _ratio(table.cores, x, y, CLOSE)
    common, shares, subset = _words_in_common(table, x, y)
    union = table.core_bits[x] + table.core_bits[y] - common
    agreement = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    shortest = np.minimum(table.cores.length[x], table.cores.length[y])
    rare = common >= table.rare_bits
    level = np.full(len(x), L["different"], dtype=np.int8)
    level[rare & (agreement >= 0.3)] = L["partial"]
    long_leads = np.minimum(table.leads.length[x], table.leads.length[y]) >= SHORTEST
    lead = np.zeros(len(x), dtype=np.float32)
    lead[long_leads] = _ratio(table.leads, x[long_leads], y[long_leads], LEAD)
    other_word = np.zeros(len(x), dtype=bool)
    rows = np.flatnonzero((ratio >= CLOSE) & shares)
    other_word[rows] = _other_word(table, table.words[x[rows]], table.words[y[rows]])
    level[((ratio >= CLOSE) & ~other_word) | (agreement >= 0.6) | (lead >= LEAD)] = L["close"]
    shorter = np.where(table.size[x] <= table.size[y], x, y)
    # beside "Kotiseutuyhdistys", "Nienau Kotiseutuyhdistys" is another
    rare &= (table.places[shorter] <= FEW_PLACES) & ~table.common[shorter]
    level[(subset & rare) | _prefixed(table, x, y)] = L["contains"]
    level[((ratio >= TYPO) & (shortest >= SHORTEST) & ~other_word) | (table.stems[x] == table.stems[y])] = L["typo"]
    digits = table.digits
    level[(digits[x] != digits[y]) & (digits[x] >= 0) & (digits[y] >= 0)] = L["other_number"]
    return level


def _words_in_common(
    table: NameTable, x: Codes, y: Codes
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
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


def _in_one_another(a: Codes, b: Codes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(which words of `a` are in the same column of `b`, and the other way round); -1 is no word."""
    in_b, in_a = np.zeros(a.shape, dtype=bool), np.zeros(b.shape, dtype=bool)
    for i, mine in enumerate(a):
        for j, theirs in enumerate(b):
            equal = (mine == theirs) & (mine >= 0)
            in_b[i] |= equal
            in_a[j] |= equal
    return in_b, in_a


def _other_word(table: NameTable, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
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
        x, y, back = _unique_pairs(left, right)
        said = list(texts)
        found[rows] = _are_other([said[i] for i in x.tolist()], [said[i] for i in y.tolist()])[back]
    return found


def _rest(table: NameTable, words: Codes, kept: npt.NDArray[np.bool_], texts: dict[str, int]) -> Codes:
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


def _are_other(one: list[str], other: list[str]) -> npt.NDArray[np.bool_]:
    """Whether two words are unlike; one that is cut short or mistyped is no other word."""
    found = process.cpdist(one, other, scorer=fuzz.ratio, dtype=np.float32) < LIKE
    for i, (p, q) in enumerate(zip(one, other, strict=True)):
        if p.startswith(q) or q.startswith(p):
            found[i] = False
        elif p[0] != q[0] and p[:2] != q[1::-1] and max(len(p), len(q)) < SHORT_WORD:
            found[i] = True  # Väinö and Aino
    return np.asarray(found, dtype=bool)


def _fit(table: NameTable, short: Codes, full: Codes) -> npt.NDArray[np.bool_]:
    """Whether the letters of a name that is nothing but an abbreviation fit the words of the other."""
    if not len(short):
        return np.zeros(0, dtype=bool)
    ux, uy, back = _unique_pairs(short, full)
    spoken = table.spoken
    return np.array([letters_fit(table.shorts[i], spoken[j]) for i, j in zip(ux.tolist(), uy.tolist(), strict=True)])[
        back
    ]


def _prefixed(table: NameTable, x: Codes, y: Codes) -> npt.NDArray[np.bool_]:
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


def _abbreviated(table: NameTable, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """One name is an abbreviation and the other has it, expands to it or has it as its initials."""
    found = np.zeros(len(a), dtype=bool)
    for x, y in ((a, b), (b, a)):
        rows = np.flatnonzero(table.is_short[x])
        for code in (table.as_initials, table.as_skeleton):
            mine = code[x[rows]]
            found[rows] |= (mine >= 0) & (table.initials_of[y[rows]] == mine[:, None]).any(1)
        rows = np.flatnonzero(~found & (table.alone[x] >= 0) & (table.alone[y] < 0) & (table.full_of[y, 0] >= 0))
        found[rows] |= _fit(table, table.alone[x[rows]], table.full_of[y[rows], 0])
    return found
