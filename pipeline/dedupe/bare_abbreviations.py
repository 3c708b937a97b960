"""Names that are nothing but an abbreviation, and the full names in their municipality that its letters fit.

"KMPK" and "Kylänlahden maanpuolustuskerho" share no word. Belongs here: finding such pairs. What the letters weigh is
told by the comparison, see `letters`.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cpdist

from pipeline.dedupe.engine import Engine
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.word_lists import TEXT, coded_words, codes, first_of, flat, offsets_of

MOST = 20
"""Names of a municipality with the same first letters; where there are more, letters say nothing."""
LEAST, LONGEST = 3, 6
"""Letters of an abbreviation."""
KEYS = ("one", "two", "three")
"""How many letters the first word gives before the second gives one."""

_TOGETHER = """
CREATE TEMP TABLE of_short AS
          SELECT rid, town, short, one AS key FROM bare
UNION ALL SELECT rid, town, short, two FROM bare
UNION ALL SELECT rid, town, short, three FROM bare;

CREATE TEMP TABLE standing AS
      SELECT rid, town, name, one, two, three FROM named
UNION SELECT rid, unnest(places), name, one, two, three FROM named;

CREATE TEMP TABLE of_name AS
SELECT rid, town, name, key, count(*) OVER (PARTITION BY town, key) AS n
FROM (      SELECT rid, town, name, one AS key FROM standing
  UNION ALL SELECT rid, town, name, two FROM standing
  UNION ALL SELECT rid, town, name, three FROM standing)
JOIN (SELECT DISTINCT town, key FROM of_short) USING (town, key);
"""
"""An abbreviation and the names of its town whose first letters allow it; no town and no key meet nobody."""

_ALLOWED = f"""
SELECT DISTINCT s.rid AS a, n.rid AS b, s.short, n.name
FROM of_short s JOIN of_name n ON s.town = n.town AND s.key = n.key WHERE n.n <= {MOST}
"""
_PAIRS = pa.schema([("a", pa.int32()), ("b", pa.int32()), ("by_number", pa.bool_())])


def fitting(table: pa.Table, engine: Engine) -> pa.Table:
    """Pairs `a, b, by_number` of an abbreviation and a full name that its letters fit (KMPK, Kylänlahden
    maanpuolustuskerho), of features with their row numbers as `rid`."""
    names = first_of(flat(table.column("asciis"))).dictionary_encode()
    said, keys, bare = _keys(names, flat(pc.utf8_lower(table.column("abbreviation"))))
    rid, town, places = (flat(table.column(c)) for c in ("rid", "municipality_code", "places"))
    named = pa.table({"rid": rid, "town": town, "places": places, "name": names.indices, **keys})
    named = named.filter(pc.or_(pc.or_(*(keys[k].is_valid() for k in KEYS[:2])), keys[KEYS[2]].is_valid()))
    if not len(bare) or not len(named):
        return _PAIRS.empty_table()
    (allowed,) = engine.query(
        {"bare": bare.append_column("town", town.take(bare.column("rid"))), "named": named}, _TOGETHER, (_ALLOWED,)
    )
    _, first, back = np.unique(
        codes(allowed.column("short"), allowed.column("name")), return_index=True, return_inverse=True
    )
    short = allowed.column("short").take(pa.array(first)).to_pylist()
    words = said.take(allowed.column("name").take(pa.array(first))).to_pylist()
    in_turn = cpdist(short, words, scorer=LCSseq.similarity, dtype=np.int64) == [*map(len, short)]
    fits = np.zeros(len(short), dtype=bool)
    likely = np.flatnonzero(in_turn).tolist()
    fits[likely] = [letters_fit(short[i], words[i].split(" ")) for i in likely]
    hit = fits[back]
    a, b = (np.asarray(allowed.column(c))[hit] for c in ("a", "b"))
    return pa.table([np.minimum(a, b), np.maximum(a, b), np.zeros(len(a), dtype=bool)], schema=_PAIRS)


def _keys(names: pa.DictionaryArray, shorts: pa.Array) -> tuple[pa.Array, dict[str, pa.Array], pa.Table]:
    """(the words of each distinct name without stops, parted by spaces; per record the keys of its name that some
    abbreviation has as well, else null; the bare abbreviations: `rid, short` and their keys).

    A key is the first letters of the first word and the first letter of the second.
    """
    length = np.asarray(pc.utf8_length(shorts).fill_null(0))
    is_bare = np.asarray(pc.equal(shorts, names.dictionary.take(names.indices)).fill_null(False), dtype=bool)
    rows = pa.array(np.flatnonzero(is_bare & (length >= LEAST) & (length <= LONGEST)))
    short = shorts.take(rows)
    of_short = {key: _key(short, pc.utf8_slice_codeunits(short, n, n + 1), n) for n, key in enumerate(KEYS, 1)}
    known = pc.unique(pa.chunked_array(list(of_short.values()), TEXT))
    said, first, second = _spoken(names.dictionary)
    of_name = {}
    for n, key in enumerate(KEYS, 1):
        found = _key(first, second, n)
        of_name[key] = pc.if_else(pc.is_in(found, known), found, None).take(names.indices)
    return said, of_name, pa.table({"rid": rows.cast(pa.int32()), "short": short, **of_short})


def _key(first: pa.Array, second: pa.Array, letters: int) -> pa.Array:
    """Null where nothing is second."""
    key = pc.binary_join_element_wise(pc.utf8_slice_codeunits(first, 0, letters), second, "+")
    return pc.if_else(pc.not_equal(second, ""), key, None)


def _spoken(names: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Per name its words without stops, parted by spaces; the first of them; the first letter of the second, empty
    where there is none."""
    stops = {"", *lexicon().stops}
    owner, code, texts = coded_words(pc.split_pattern(names, " "))
    kept = ~np.asarray(pc.is_in(texts, value_set=pa.array(sorted(stops), TEXT)), dtype=bool)[code]
    owner, code = owner[kept], code[kept]
    offsets = offsets_of(owner, len(names))
    said = pc.binary_join(pa.ListArray.from_arrays(offsets, texts.take(pa.array(code))), " ")
    start = np.asarray(offsets)
    count = np.diff(start)
    first, second = (np.where(count > 1, np.append(code, [0, 0])[start[:-1] + n], len(texts)) for n in (0, 1))
    letters = pa.concat_arrays([pc.utf8_slice_codeunits(texts, 0, 1), pa.array([""], TEXT)])
    return said, pa.concat_arrays([texts, pa.array([""], TEXT)]).take(pa.array(first)), letters.take(pa.array(second))
