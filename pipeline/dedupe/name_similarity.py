"""How alike two records' names are, judged on the distinctive core and by how rare it is.

The best pair of names counts where records have several. Levels, strongest first:

`exact_rare`, `exact_some`, `exact_common`: same core, which stands in at most 2, at most 10, or more places;
`chapter`: no core of its own, but the same umbrella (place and level are compared apart);
`national_body`: both are the umbrella itself, national and without a place;
`typo`: cores that differ by a letter or so; `contains`: all words of one in the other, a rare one among them;
`abbreviation`: one is the abbreviation or the initials of the other; `close`, `partial`: less;
`nameless`: a record without a name; `one_empty`: one has no core;
`other_language`: unlike, but one is Swedish and one Finnish, which tells nothing;
`different`: unlike; `other_number`: both have a number and not the same one (osasto 12, osasto 13).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from pipeline.dedupe.coding import Codes, coded, padded

LEVELS = (
    "other_number", "different", "other_language", "one_empty", "nameless", "partial", "close", "abbreviation",
    "contains", "typo", "chapter", "exact_common", "exact_some", "national_body", "exact_rare",
)  # fmt: skip
"""Weakest first: the best of several name pairs is the largest."""
L = {name: i for i, name in enumerate(LEVELS)}
FULL = ("unlike", "alike", "same")

TYPO, CLOSE = 88.0, 76.0
"""Percent of rapidfuzz's `ratio` on the sorted words of the cores."""
LEAD = 86.0
"""Percent of `ratio` on the rarest words of the two cores."""
ALIKE = 90.0
"""Percent of `token_sort_ratio` on the full names without form."""
BACKGROUND = 200
"""Names imagined beside those given, so that a word is not common because a list is short."""
SHORTEST = 6
"""Cores shorter than this are never called a typing error of one another (Reima, Reipas)."""


def name_levels(features: pa.Table, a: Codes, b: Codes) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """(level of the core in `LEVELS`, of the full name in `FULL`) for aligned row numbers."""
    core_of, cores = padded(features.column("cores"))
    full_of, fulls = padded(features.column("asciis"))
    umbrella, _ = coded(features.column("umbrella"))
    language, _ = coded(features.column("language"))
    best = np.zeros(len(a), dtype=np.int8)
    full = np.zeros(len(a), dtype=np.int8)
    places = _places_of_cores(features, core_of, len(cores))
    words, weights = _words(cores)
    width = ((full_of >= 0) * np.arange(1, full_of.shape[1] + 1)).max(1, initial=0)
    width_a, width_b = width[a], width[b]
    best[(width_a == 0) | (width_b == 0)] = L["nameless"]
    for i in range(int(width_a.max(initial=0))):
        for j in range(int(width_b.max(initial=0))):
            rows = np.flatnonzero((width_a > i) & (width_b > j))
            if not len(rows):
                continue
            x, y = a[rows], b[rows]
            full[rows] = np.maximum(full[rows], _full(fulls, full_of[x, i], full_of[y, j]))
            level = _core(cores, core_of[x, i], core_of[y, j], umbrella[x], umbrella[y], places, words, weights)
            best[rows] = np.maximum(best[rows], level)
    best = _lifted(best, full, core_of, cores, a, b)
    best[(best == L["chapter"]) & _is_national(features)[a] & _is_national(features)[b]] = L["national_body"]
    foreign = (language[a] >= 0) & (language[b] >= 0) & (language[a] != language[b])
    best[(best == L["different"]) & foreign] = L["other_language"]
    short = _abbreviated(features, a, b)
    best[short & (best < L["abbreviation"])] = L["abbreviation"]
    return best, full


def _lifted(
    best: npt.NDArray[np.int8],
    full: npt.NDArray[np.int8],
    core_of: npt.NDArray[np.int32],
    cores: list[str],
    a: Codes,
    b: Codes,
) -> npt.NDArray[np.int8]:
    """Equal full names are at least a typing error apart, nearly equal ones close, whatever the parser made of them.

    Not where all that is left of a name are a few letters (NMK: is it NMKY or NNKY?).
    """
    best = np.where((full == FULL.index("same")) & (best < L["typo"]), L["typo"], best)
    length = np.array([len(c) for c in cores] + [0])
    longest = np.maximum(length[core_of[a, 0]], length[core_of[b, 0]])
    low = np.isin(best, (L["one_empty"], L["partial"], L["other_language"]))
    return np.where((full == FULL.index("alike")) & low & (longest >= SHORTEST), L["close"], best).astype(np.int8)


def _is_national(features: pa.Table) -> npt.NDArray[np.bool_]:
    level, levels = coded(features.column("level"))
    place, _ = padded(features.column("places"))
    code = levels.index("national") if "national" in levels else -2
    return ((level == code) | (level < 0)) & (place[:, 0] < 0)


def _places_of_cores(features: pa.Table, core_of: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.int64]:
    """In how many places each core occurs."""
    place, _ = coded(features.column("place"))
    rows = np.repeat(place, core_of.shape[1])
    flat = core_of.ravel()
    has = flat >= 0
    both = np.unique(flat[has].astype(np.int64) << 32 | (rows[has].astype(np.int64) + 1))
    return np.bincount(both >> 32, minlength=size)


def _words(cores: list[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """(words of each core as padded codes, weight per code: bits of surprise of the word among all cores)."""
    lists = pc.split_pattern(pa.array(cores, pa.string()), " ")
    matrix, dictionary = padded(lists)
    seen = np.bincount(matrix[matrix >= 0], minlength=len(dictionary)).astype(np.float64)
    weight = np.log2((len(cores) + BACKGROUND) / (seen + 1.0))
    return matrix, np.append(weight, 0.0).astype(np.float32)  # code -1 weighs nothing


def _unique_pairs(x: Codes, y: Codes) -> tuple[Codes, Codes, npt.NDArray[np.int64]]:
    """Each pair of codes once: chapters and repeated names make most pairs of names equal."""
    both, back = np.unique(x.astype(np.int64) << 32 | (y.astype(np.int64) & 0xFFFFFFFF), return_inverse=True)
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32), back


def _ratio(values: list[str], x: Codes, y: Codes, scorer: Any) -> npt.NDArray[np.float32]:
    left = np.array(values, dtype=object)
    return process.cpdist(left[x], left[y], scorer=scorer, dtype=np.float32, workers=-1)


def _full(values: list[str], x: Codes, y: Codes) -> npt.NDArray[np.int8]:
    joined, _ = coded(pc.replace_substring_regex(pa.array(values, pa.string()), pattern="[^a-z0-9]", replacement=""))
    joined = np.append(joined, -1)  # "Viinaseura" and "Viina seura" are one
    level = np.zeros(len(x), dtype=np.int8)
    level[(joined[x] == joined[y]) & (x >= 0) & (y >= 0)] = 2
    rest = np.flatnonzero((level == 0) & (x >= 0) & (y >= 0))
    if len(rest):
        ux, uy, back = _unique_pairs(x[rest], y[rest])
        level[rest] = (_ratio(values, ux, uy, fuzz.token_sort_ratio) >= ALIKE)[back].astype(np.int8)
    return level


def _core(
    cores: list[str],
    x: Codes,
    y: Codes,
    umbrella_x: Codes,
    umbrella_y: Codes,
    places: npt.NDArray[np.int64],
    words: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float32],
) -> npt.NDArray[np.int8]:
    level = np.full(len(x), L["different"], dtype=np.int8)
    none_x, none_y = x < 0, y < 0
    level[none_x ^ none_y] = L["one_empty"]
    level[none_x & none_y & (umbrella_x >= 0) & (umbrella_x == umbrella_y)] = L["chapter"]
    same = (x == y) & ~none_x
    level[same] = np.where(
        places[x[same]] <= 2, L["exact_rare"], np.where(places[x[same]] <= 10, L["exact_some"], L["exact_common"])
    )
    rest = np.flatnonzero(~same & ~none_x & ~none_y)
    if len(rest):
        ux, uy, back = _unique_pairs(x[rest], y[rest])
        level[rest] = _unequal(cores, ux, uy, words, weights)[back]
    return level


def _unequal(
    cores: list[str], x: Codes, y: Codes, words: npt.NDArray[np.int32], weights: npt.NDArray[np.float32]
) -> npt.NDArray[np.int8]:
    """Level of two cores that are not equal. The lead is the rarest word of a core."""
    leads = _leads(cores, words, weights)
    ratio = _ratio(cores, x, y, fuzz.ratio)
    a, b = words[x], words[y]
    in_b = ((a[:, :, None] == b[:, None, :]) & (a[:, :, None] >= 0)).any(2)
    in_a = ((b[:, :, None] == a[:, None, :]) & (b[:, :, None] >= 0)).any(2)
    common = (weights[a] * in_b).sum(1)
    all_a, all_b = weights[a].sum(1), weights[b].sum(1)
    union = all_a + all_b - common
    agreement = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    subset = (in_b.sum(1) == (a >= 0).sum(1)) | (in_a.sum(1) == (b >= 0).sum(1))
    length = np.array([len(c) for c in cores])
    shortest = np.minimum(length[x], length[y])
    rare = common >= np.log2(len(cores) + BACKGROUND) * 0.5
    level = np.full(len(x), L["different"], dtype=np.int8)
    level[rare & (agreement >= 0.3)] = L["partial"]
    lead = _ratio(leads, x, y, fuzz.ratio)
    lead_length = np.array([len(c) for c in leads])
    long_leads = np.minimum(lead_length[x], lead_length[y]) >= SHORTEST
    level[(ratio >= CLOSE) | (agreement >= 0.6) | ((lead >= LEAD) & long_leads)] = L["close"]
    level[subset & rare] = L["contains"]
    level[(ratio >= TYPO) & (shortest >= SHORTEST)] = L["typo"]
    number = pc.replace_substring_regex(pa.array(cores, pa.string()), pattern="[^0-9]", replacement="")
    digits, _ = coded(number)
    numbered = np.asarray(pc.not_equal(number, ""))
    level[(digits[x] != digits[y]) & numbered[x] & numbered[y]] = L["other_number"]
    return level


def _leads(cores: list[str], words: npt.NDArray[np.int32], weights: npt.NDArray[np.float32]) -> list[str]:
    heaviest = weights[words].argmax(1)
    return [c.split(" ")[i] for c, i in zip(cores, heaviest.tolist(), strict=True)]


def _abbreviated(features: pa.Table, a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """One name is an abbreviation and the other has it, expands to it or has it as its initials."""
    short, shorts = coded(features.column("abbreviation"))
    lists, initials = padded(features.column("shorts"))
    code_of = {value: i for i, value in enumerate(initials)}
    as_initial = np.array([code_of.get(s, -1) for s in shorts] + [-1], dtype=np.int32)[short]
    skeleton = np.array([code_of.get(_skeleton(s), -1) for s in shorts] + [-1], dtype=np.int32)[short]
    long_enough = np.array([len(s) >= 3 for s in shorts] + [False])[short]
    found = np.zeros(len(a), dtype=bool)
    for x, y in ((a, b), (b, a)):
        for code in (as_initial, skeleton):
            found |= long_enough[x] & (code[x] >= 0) & (lists[y] == code[x][:, None]).any(1)
    return found


def _skeleton(short: str) -> str:
    """KUPS without its vowels: the U of KuPS is the second letter of Kuopion, not a word."""
    return short[:1] + "".join(c for c in short[1:] if c not in "AEIOUY")
