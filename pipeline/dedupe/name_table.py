"""What the names of all records look like to the comparison, worked out once however many pairs are compared.

Rarity is told by the records at hand: in how many places a core stands, how surprising a word is among all cores.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.bare_names import CAPITAL
from pipeline.dedupe.coding import Bools, Codes, coded, codes_of, distinct, filled, in_rows, padded
from pipeline.dedupe.common_words import are_common
from pipeline.dedupe.written import Called
from pipeline.transform.names.many_stems import stems_of_each
from pipeline.transform.names.word_lists import coded_words, digits_of, in_order_of

LEAST = 6
"""Letters of a core from which its beginning says something."""
BACKGROUND = 200
"""Names imagined beside those given, so that a word is not common because a list is short."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts and their lengths; the last entry stands for none (code -1)."""

    values: npt.NDArray[Any]
    length: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of full names without stops, told when asked: few names are."""

    said: pa.Array

    def __getitem__(self, i: int) -> list[str]:
        return [w for w in self.said[i].as_py().split(" ") if w]


@dataclass(frozen=True, slots=True)
class NameTable:
    """Codes per record, and texts, rarities and words per code; -1 always stands for none."""

    core_of: Codes
    full_of: Codes
    initials_of: Codes
    width: Codes
    """Number of names of each record."""
    umbrella: Codes
    language: Codes
    is_national: Bools
    is_league: Bools
    """Leagues and central bodies without a place in their name."""
    concept: Codes
    """What the first name says, where some say it in Finnish and some in Swedish; see `concepts`."""
    is_swedish: Bools
    town: Codes
    in_capital: Bools
    cores: Texts
    leads: Texts
    fulls: Texts
    """With sorted words, so that the order of words does not count."""
    joined: Codes
    """Per full name the code of its letters and digits without spaces."""
    inflected: Codes
    """Per full name the code of its words in the order of the alphabet, without case and number."""
    places: npt.NDArray[np.int64]
    """In how many places each core occurs."""
    common: Bools
    """Cores of words that stand in many places, whatever the records at hand show; see `common_words`."""
    words: Codes
    size: Codes
    """Words per core."""
    dictionary: list[str]
    """The texts of `words`."""
    word_bits: npt.NDArray[np.float32]
    core_bits: npt.NDArray[np.float32]
    rare_bits: float
    beginning: Codes
    """Per core the code of its first `LEAST` letters."""
    stems: Codes
    """Per core the code of its words without case and number."""
    digits: Codes
    shorts: list[str]
    """Abbreviations in small letters."""
    spoken: Spoken
    """Per full name its words in their order, without stops."""
    alone: Codes
    """Per record the code in `shorts` where its first name is nothing but an abbreviation of three letters or more."""
    is_short: Bools
    as_initials: Codes
    as_skeleton: Codes


def name_table(features: pa.Table, names: Called) -> NameTable:
    """The table of the records, which are called so."""
    written = names.written
    core_of, cores = padded(features.column("cores"))
    full_of = in_rows(len(features), names.rid, filled(names.row, written.texts))
    missing = max(0, full_of.shape[1] - core_of.shape[1])  # the last names of all records may have no core
    core_of = np.pad(core_of, ((0, 0), (0, missing)), constant_values=-1)
    core_words = pc.split_pattern(cores, " ")
    words, bits, dictionary = _words(core_words)
    owner, code, of_cores = coded_words(core_words)
    core_stems = stems_of_each(of_cores)
    digits = codes_of(digits_of(cores))
    stems = codes_of(in_order_of(owner, code, core_stems, len(cores)))
    short, shorts = coded(features.column("abbreviation"))
    initials_of, initials = padded(features.column("shorts"))
    code_of = {value: i for i, value in enumerate(initials.to_pylist())}
    placeless = padded(features.column("places"))[0][:, 0] < 0
    town, towns = coded(features.column("municipality_code"))
    return NameTable(
        core_of=core_of,
        full_of=full_of,
        initials_of=initials_of,
        width=_width(full_of),
        umbrella=codes_of(features.column("umbrella")),
        language=codes_of(features.column("language")),
        is_national=_is_national(features, placeless),
        is_league=_is_league(features, placeless),
        concept=codes_of(features.column("concept")),
        is_swedish=np.asarray(features.column("is_swedish"), dtype=bool),
        town=town,
        in_capital=np.array([t == CAPITAL for t in towns] + [False])[town],
        cores=_texts(cores.to_pylist()),
        leads=_texts(_leads(words, bits, dictionary)),
        fulls=_texts(written.in_order.to_pylist()),
        joined=np.append(written.joined, -1),
        inflected=np.append(written.inflected, -1),
        places=_places(features, core_of, len(cores)),
        common=np.append(are_common(owner, code, core_stems, len(cores)), False),
        words=words,
        size=np.append((words >= 0).sum(1), 0).astype(np.int32),
        dictionary=dictionary,
        word_bits=bits,
        core_bits=bits[words].sum(1),
        rare_bits=float(_rounded(np.log2(len(cores) + BACKGROUND)) * 0.5),
        beginning=np.append(codes_of(pc.utf8_slice_codeunits(cores, 0, LEAST)), -1),
        stems=np.append(stems, -1),
        digits=np.append(digits, -1),
        shorts=[s.lower() for s in shorts],
        spoken=Spoken(written.said),
        alone=np.where(_equal(short, shorts, full_of[:, 0], written.texts), short, -1),
        is_short=np.array([len(s) >= 3 for s in shorts] + [False])[short],
        as_initials=np.array([code_of.get(s, -1) for s in shorts] + [-1], dtype=np.int32)[short],
        as_skeleton=np.array([code_of.get(_skeleton(s), -1) for s in shorts] + [-1], dtype=np.int32)[short],
    )


def _rounded(bits: Any) -> Any:
    """To quarter bits: a record more or less leaves nearly all rarities as they were."""
    return np.round(bits * 4) / 4


def name_signatures(features: pa.Table, table: NameTable) -> pa.Array:
    """Per record all that a comparison of its names looks at, so that equal signatures compare equally."""
    band = np.append(np.digitize(table.places, (3, 11)), 0)
    told = [
        f"{core}:{b}:{bits.tobytes().hex()}"
        for core, b, bits in zip(table.cores.values[:-1], band, table.word_bits[table.words], strict=False)
    ]
    code = np.where(table.core_of >= 0, table.core_of, len(told))
    texts = pa.array([*told, ""], pa.string())
    columns = [texts.take(pa.array(code[:, k])) for k in range(code.shape[1])]
    columns += [pc.binary_join(features.column(n).combine_chunks(), "|") for n in ("asciis", "shorts", "places")]
    columns += [features.column(n).combine_chunks() for n in ("abbreviation", "umbrella", "language", "level")]
    columns += [features.column(n).combine_chunks() for n in ("municipality_code", "head", "concept")]
    columns.append(features.column("is_swedish").combine_chunks().cast(pa.string()))
    filled = [pc.fill_null(c, "-") for c in columns]
    return pc.binary_join_element_wise(*filled, pa.scalar(str(table.rare_bits)), "\x1f")


def _equal(short: Codes, shorts: list[str], full: Codes, fulls: pa.Array) -> Bools:
    """Whether the whole of the record's first name is its abbreviation."""
    told = pa.array([s.lower() if len(s) > 2 else None for s in shorts], pa.string())
    rows = np.flatnonzero((short >= 0) & (full >= 0))
    alike = pc.equal(told.take(pa.array(short[rows])), fulls.take(pa.array(full[rows])))
    found = np.zeros(len(full), dtype=bool)
    found[rows] = np.asarray(alike.fill_null(False), dtype=bool)
    return found


def _width(full: Codes) -> Codes:
    """Up to which column each row has a name."""
    width = np.zeros(len(full), dtype=np.int32)
    for n, column in enumerate(full.T, 1):
        width[column >= 0] = n
    return width


def _texts(values: list[str]) -> Texts:
    array = np.empty(len(values) + 1, dtype=object)
    array[:] = [*values, ""]
    return Texts(array, np.array([*map(len, values), 0], dtype=np.int32))


def _is_national(features: pa.Table, placeless: Bools) -> Bools:
    level, levels = coded(features.column("level"))
    code = levels.index("national") if "national" in levels else -2
    return ((level == code) | (level < 0)) & placeless


_LEAGUES = ("liitto", "keskusliitto", "keskusjärjestö")


def _is_league(features: pa.Table, placeless: Bools) -> Bools:
    head, heads = coded(features.column("head"))
    return np.asarray(np.array([h in _LEAGUES for h in heads] + [False])[head] & placeless)


def _places(features: pa.Table, core_of: Codes, size: int) -> npt.NDArray[np.int64]:
    place = codes_of(features.column("place"))
    rows = np.repeat(place, core_of.shape[1])
    flat = core_of.ravel()
    has = flat >= 0
    both = distinct(flat[has].astype(np.int64) << 32 | (rows[has].astype(np.int64) + 1))
    return np.bincount(both >> 32, minlength=size)


def _words(cores: pa.Array) -> tuple[Codes, npt.NDArray[np.float32], list[str]]:
    """(words of each core as padded codes, weight per code: bits of surprise of the word among all cores, words)."""
    matrix, said = padded(cores)
    dictionary = said.to_pylist()
    seen = np.bincount(matrix[matrix >= 0], minlength=len(dictionary)).astype(np.float64)
    weight = _rounded(np.log2((len(cores) + BACKGROUND) / (seen + 1.0)))
    return matrix, np.append(weight, 0.0).astype(np.float32), dictionary  # code -1 weighs nothing


def _leads(words: Codes, bits: npt.NDArray[np.float32], dictionary: list[str]) -> list[str]:
    """The rarest word of each core."""
    rarest = words[np.arange(len(words)), bits[words].argmax(1)] if len(words) else words[:, 0]
    return np.array([*dictionary, ""], dtype=object)[rarest].tolist()


def _skeleton(short: str) -> str:
    """KUPS without its vowels: the U of KuPS is the second letter of Kuopion, not a word."""
    return short[:1] + "".join(c for c in short[1:] if c not in "AEIOUY")
