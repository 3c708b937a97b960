"""Names that are nothing but an abbreviation, and the full names in their municipality that its letters fit.

"KMPK" and "Kylänlahden maanpuolustuskerho" share no word. Belongs here: finding such pairs. What the letters weigh is
told by the comparison, see `letters`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cpdist

from pipeline.dedupe.coding import Codes, Numbers, distinct, numbered
from pipeline.dedupe.written import Called, Written
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.word_lists import codes, flat

MOST = 20
"""Names of a municipality with the same first letters; where there are more, letters say nothing."""
LEAST, LONGEST = 3, 6
"""Letters of an abbreviation."""
LETTERS = (1, 2, 3)
"""How many letters the first word gives before the second gives one."""

_PAIRS = pa.schema([("a", pa.int32()), ("b", pa.int32())])


@dataclass(frozen=True, slots=True)
class _Bare:
    """Records whose first name is nothing but an abbreviation.

    A key is the first letters of the first word and the first letter of the second.
    """

    rid: Numbers
    short: pa.Array
    key: Codes
    """Three rows, one for each of `LETTERS`, with a key of every abbreviation; -1 for none."""
    keys: pa.Array
    """The different keys."""


def fitting(table: pa.Table, names: Called) -> pa.Table:
    """Pairs `a, b` of an abbreviation and a full name that its letters fit (KMPK, Kylänlahden
    maanpuolustuskerho), by their row numbers in the features."""
    bare = _bare(table, names)
    one, other = _allowed(table, bare, _keys_of(names.written, bare.keys)[:, names.first])
    short, name = bare.short.take(pa.array(one)), names.first[other]
    _, first, back = np.unique(codes(short, pa.array(name)), return_index=True, return_inverse=True)
    shorts = short.take(pa.array(first)).to_pylist()
    words = names.written.said.take(pa.array(name[first])).to_pylist()
    in_turn = cpdist(shorts, words, scorer=LCSseq.similarity, dtype=np.int64) == [*map(len, shorts)]
    fits = np.zeros(len(shorts), dtype=bool)
    likely = np.flatnonzero(in_turn).tolist()
    fits[likely] = [letters_fit(shorts[i], words[i].split(" ")) for i in likely]
    hit = fits[back]
    a, b = bare.rid[one][hit], other[hit]
    return pa.table([np.minimum(a, b), np.maximum(a, b)], schema=_PAIRS)


def _bare(table: pa.Table, names: Called) -> _Bare:
    said = flat(table.column("abbreviation"))
    rid = np.flatnonzero(np.asarray(said.is_valid()) & (names.first >= 0))
    short = pc.utf8_lower(said.take(pa.array(rid)))
    length = np.asarray(pc.utf8_length(short))
    is_whole = np.asarray(pc.equal(short, names.written.texts.take(pa.array(names.first[rid]))), dtype=bool)
    rows = np.flatnonzero(is_whole & (length >= LEAST) & (length <= LONGEST))
    short = short.take(pa.array(rows))
    key, keys = numbered(pa.concat_arrays([_key(short, pc.utf8_slice_codeunits(short, n, n + 1), n) for n in LETTERS]))
    return _Bare(rid[rows], short, key.reshape(len(LETTERS), -1), keys)


def _keys_of(written: Written, known: pa.Array) -> Codes:
    """Three rows with the keys that each name shares with some abbreviation, as their numbers in `known`, else -1; and
    -1 for no name, which is the last."""
    found = [pc.index_in(_key(written.first, written.second, n), value_set=known, skip_nulls=True) for n in LETTERS]
    return np.stack([np.append(np.asarray(f.fill_null(-1)), np.int32(-1)) for f in found])


def _key(first: pa.Array, second: pa.Array, letters: int) -> pa.Array:
    """Null where nothing is second."""
    key = pc.binary_join_element_wise(pc.utf8_slice_codeunits(first, 0, letters), second, "+")
    return pc.if_else(pc.not_equal(second, ""), key, None)


def _allowed(table: pa.Table, bare: _Bare, of_name: Codes) -> tuple[Numbers, Numbers]:
    """(abbreviation, record): an abbreviation and the names of its town whose first letters allow it; no town and no
    key meet nobody. `of_name` has the three keys of each record."""
    lists, towns = flat(table.column("places")), flat(table.column("municipality_code"))
    code, places = numbered(pa.concat_arrays([towns, pc.list_flatten(lists)]))
    homes = distinct(code[bare.rid])
    home_of = np.full(len(places) + 1, -1, dtype=np.int64)  # the last is that of no place
    home_of[homes[homes >= 0]] = np.arange((homes >= 0).sum())
    town, size = home_of[code], len(bare.keys)
    home = town[bare.rid]
    asked = np.where((bare.key < 0) | (home < 0), -1, home * size + bare.key).ravel()
    order = np.argsort(asked, kind="stable")
    asked, short = asked[order], np.tile(np.arange(len(bare.rid)), len(LETTERS))[order]
    is_asked = np.zeros(len(homes) * size, dtype=bool)
    is_asked[asked[asked >= 0]] = True
    rid = np.concatenate([np.arange(len(table)), np.asarray(pc.list_parent_indices(lists), dtype=np.int64)])
    is_named = (town >= 0) & (of_name.max(0) >= 0)[rid]
    standing = distinct(rid[is_named] * len(homes) + town[is_named])  # a town may stand in the name and in the address
    rid, there = standing // max(len(homes), 1), standing % max(len(homes), 1)
    given, other = [], []
    for theirs in of_name[:, rid]:
        has = np.flatnonzero(theirs >= 0)
        at = there[has] * size + theirs[has]
        given.append(at[is_asked[at]])
        other.append(rid[has][is_asked[at]])
    at, named = np.concatenate(given), np.concatenate(other)
    meet = np.bincount(at)[at] <= MOST
    at, named = at[meet], named[meet]
    first, last = (np.searchsorted(asked, at, side) for side in ("left", "right"))
    times = last - first
    one = short[np.arange(times.sum()) - np.repeat(np.cumsum(times) - times - first, times)]
    both = distinct(one << 32 | np.repeat(named, times))
    return both >> 32, both & 0xFFFFFFFF
