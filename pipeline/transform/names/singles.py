"""Names read one by one, of words that are cut already, with what a table of names has of each.

Does not belong here: which names those are (`bulk`), and how a name is read (`parse`).
"""

from operator import attrgetter

import pyarrow as pa

from pipeline.transform.names.bulk import COLUMNS, MANY, SCALARS
from pipeline.transform.names.many_words import Words
from pipeline.transform.names.parse import ascii_of, dissect, letters_in
from pipeline.transform.names.word_lists import TEXT, Ints


def read_singly(words: Words, rows: Ints) -> pa.Table:
    """The parts of some names, in the order of the rows."""
    may_abbreviate = words.capitals()[rows].tolist()
    displays = words.display.take(pa.array(rows)).to_pylist()
    read = [
        dissect(display if is_told else "", everything)
        for display, is_told, everything in zip(displays, may_abbreviate, words.of(rows), strict=True)
    ]
    built = {c: pa.array([*map(attrgetter(c), read)], TEXT) for c in SCALARS}
    built["place_text"] = pa.array([d.places.text for d in read], TEXT)
    built["core"] = pa.array([d.core for d in read], MANY)
    built["ascii"] = pa.array([*map(ascii_of, read)], TEXT)
    built["short"] = pa.array([d.abbreviation or letters_in(d) for d in read], TEXT)
    built["places"] = pa.array([d.places.codes for d in read], MANY)
    built["place_keys"] = pa.array([d.places.keys for d in read], MANY)
    return pa.table({c: built[c] for c in COLUMNS})
