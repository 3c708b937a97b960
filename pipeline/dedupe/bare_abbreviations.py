"""Names that are nothing but an abbreviation, and the full names in their municipality that its letters fit.

"KMPK" and "Kylänlahden maanpuolustuskerho" share no word. Belongs here: finding such pairs. What the letters weigh is
told by the comparison, see `letters`.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cpdist

from pipeline.dedupe.coding import Numbers, distinct, numbered
from pipeline.dedupe.written import Written
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.word_lists import TEXT, codes, first_of, flat

MOST = 20
"""Names of a municipality with the same first letters; where there are more, letters say nothing."""
LEAST, LONGEST = 3, 6
"""Letters of an abbreviation."""
KEYS = ("one", "two", "three")
"""How many letters the first word gives before the second gives one."""

_PAIRS = pa.schema([("a", pa.int32()), ("b", pa.int32()), ("by_number", pa.bool_())])


def fitting(table: pa.Table, written: Written) -> pa.Table:
    """Pairs `a, b, by_number` of an abbreviation and a full name that its letters fit (KMPK, Kylänlahden
    maanpuolustuskerho), by their row numbers in the features."""
    names = first_of(flat(table.column("asciis"))).dictionary_encode()
    known = pa.array(written.of(names.dictionary))
    keys, bare = _keys(names, flat(pc.utf8_lower(table.column("abbreviation"))), written, known)
    one, other = _allowed(table, keys, bare)
    short, name = bare.column("short").take(pa.array(one)), np.asarray(names.indices.fill_null(-1))[other]
    _, first, back = np.unique(codes(short, pa.array(name)), return_index=True, return_inverse=True)
    shorts = short.take(pa.array(first)).to_pylist()
    words = written.said.take(known.take(pa.array(name[first]))).to_pylist()
    in_turn = cpdist(shorts, words, scorer=LCSseq.similarity, dtype=np.int64) == [*map(len, shorts)]
    fits = np.zeros(len(shorts), dtype=bool)
    likely = np.flatnonzero(in_turn).tolist()
    fits[likely] = [letters_fit(shorts[i], words[i].split(" ")) for i in likely]
    hit = fits[back]
    a, b = np.asarray(bare.column("rid"))[one][hit], other[hit]
    return pa.table([np.minimum(a, b), np.maximum(a, b), np.zeros(len(a), dtype=bool)], schema=_PAIRS)


def _allowed(table: pa.Table, keys: dict[str, pa.Array], bare: pa.Table) -> tuple[Numbers, Numbers]:
    """(row of `bare`, record): an abbreviation and the names of its town whose first letters allow it; no town and no
    key meet nobody."""
    lists, towns = flat(table.column("places")), flat(table.column("municipality_code"))
    town, places = numbered(pa.concat_arrays([towns, pc.list_flatten(lists)]))
    code, texts = numbered(pa.concat_arrays([flat(t.column(k)) for t in (bare, pa.table(keys)) for k in KEYS]))
    of_short, of_name = code[: len(bare) * 3].reshape(3, -1), code[len(bare) * 3 :].reshape(3, -1)
    home = town[np.asarray(bare.column("rid"))].astype(np.int64)
    asked = np.where((of_short < 0) | (home < 0), -1, home * len(texts) + of_short).ravel()
    order = np.argsort(asked, kind="stable")
    asked, short = asked[order], np.tile(np.arange(len(bare)), 3)[order]
    is_asked = np.zeros(len(places) * len(texts), dtype=bool)
    is_asked[asked[asked >= 0]] = True
    rid = np.concatenate([np.arange(len(table)), np.asarray(pc.list_parent_indices(lists), dtype=np.int64)])
    rid, town = rid[town >= 0], town[town >= 0].astype(np.int64)
    standing = distinct(rid * len(places) + town)  # a town may stand in the name and in the address
    rid, town = standing // len(places), standing % len(places)
    given, other = [], []
    for theirs in of_name[:, rid]:
        has = np.flatnonzero(theirs >= 0)
        at = town[has] * len(texts) + theirs[has]
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


def _keys(
    names: pa.DictionaryArray, shorts: pa.Array, written: Written, at: pa.Array
) -> tuple[dict[str, pa.Array], pa.Table]:
    """(per record the keys of its name that some abbreviation has as well, else null; the bare abbreviations:
    `rid, short` and their keys). `at` are the rows of the distinct names in `written`.

    A key is the first letters of the first word and the first letter of the second.
    """
    length = np.asarray(pc.utf8_length(shorts).fill_null(0))
    is_bare = np.asarray(pc.equal(shorts, names.dictionary.take(names.indices)).fill_null(False), dtype=bool)
    rows = pa.array(np.flatnonzero(is_bare & (length >= LEAST) & (length <= LONGEST)))
    short = shorts.take(rows)
    of_short = {key: _key(short, pc.utf8_slice_codeunits(short, n, n + 1), n) for n, key in enumerate(KEYS, 1)}
    known = pc.unique(pa.chunked_array(list(of_short.values()), TEXT))
    first, second = written.first.take(at), written.second.take(at)
    of_name = {}
    for n, key in enumerate(KEYS, 1):
        found = _key(first, second, n)
        of_name[key] = pc.if_else(pc.is_in(found, known), found, None).take(names.indices)
    return of_name, pa.table({"rid": rows.cast(pa.int32()), "short": short, **of_short})


def _key(first: pa.Array, second: pa.Array, letters: int) -> pa.Array:
    """Null where nothing is second."""
    key = pc.binary_join_element_wise(pc.utf8_slice_codeunits(first, 0, letters), second, "+")
    return pc.if_else(pc.not_equal(second, ""), key, None)
