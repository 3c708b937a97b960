"""Full names as they are written: what is compared and looked up of each, worked out once for every distinct name.

Nothing here depends on what the names are understood to mean, so it is done while that is found out. Does not belong
here: what a name means (`features`), and which of this makes two names alike (`name_similarity`, `name_keys`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes, Numbers, codes_of, filled, numbered
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.many_stems import stems_of_each
from pipeline.transform.names.word_lists import (
    TEXT,
    Ints,
    coded_words,
    flat,
    in_order_of,
    letters_and_digits,
    offsets_of,
)


@dataclass(frozen=True, slots=True)
class Written:
    """Distinct names, folded and without their legal form, with a row of every column for each."""

    texts: pa.Array
    in_order: pa.Array
    """Their words in the order of the alphabet."""
    joined: Codes
    """The code of the letters and digits without anything between."""
    inflected: Codes
    """The code of the words in the order of the alphabet, without case and number."""
    glued: Codes
    """The code of the name without spaces and hyphens ("Erä-Veikot" and "Eräveikot"); -1 for nothing."""
    said: pa.Array
    """The words that are no stops, parted by spaces."""
    first: pa.Array
    """The first of these where there are two, else empty."""
    second: pa.Array
    """The first letter of the second of these, else empty."""


def as_written(names: Any) -> tuple[Written, Codes]:
    """Of names, which may stand there several times; (the distinct ones, the row there of each)."""
    code, texts = numbered(names)
    lists = pc.split_pattern(texts, " ")
    owner, word, words = coded_words(lists)
    glued = pc.replace_substring(pc.binary_join(lists, ""), "-", "")
    said, first, second = _spoken(owner, word, words, len(texts))
    found = Written(
        texts=texts,
        in_order=in_order_of(owner, word, words, len(texts)),
        joined=codes_of(letters_and_digits(glued)),
        inflected=codes_of(in_order_of(owner, word, stems_of_each(words), len(texts))),
        glued=filled(*numbered(glued)),
        said=said,
        first=first,
        second=second,
    )
    return found, code


@dataclass(frozen=True, slots=True)
class Called:
    """How records are called: one entry per name of a record, in the order of the records and of their names."""

    written: Written
    rid: Numbers
    """The record."""
    row: Codes
    """Its name, as a row of `written`."""
    first: Codes
    """Per record the row of its first name; -1 for a record without one."""


def called_in(features: pa.Table, known: tuple[Written, Codes] | None = None) -> Called:
    """The names of features. `known` are the distinct names in the order of `Names.parsed`, if they were looked up
    before."""
    lists = flat(features.column("asciis"))
    written, code = known or as_written(pc.list_flatten(lists))
    row = code if known is None else code[np.asarray(pc.list_flatten(flat(features.column("names"))))]
    rid = np.asarray(pc.list_parent_indices(lists), dtype=np.int64)
    first = np.full(len(features), -1, dtype=np.int32)
    first[rid[::-1]] = row[::-1]
    return Called(written, rid, row, first)


def _spoken(owner: Ints, code: Ints, words: pa.Array, names: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    stops = {"", *lexicon().stops}
    kept = ~np.asarray(pc.is_in(words, value_set=pa.array(sorted(stops), TEXT)), dtype=bool)[code]
    owner, code = owner[kept], code[kept]
    offsets = offsets_of(owner, names)
    said = pc.binary_join(pa.ListArray.from_arrays(offsets, words.take(pa.array(code))), " ")
    start = np.asarray(offsets)
    count = np.diff(start)
    first, second = (np.where(count > 1, np.append(code, [0, 0])[start[:-1] + n], len(words)) for n in (0, 1))
    letters = pa.concat_arrays([pc.utf8_slice_codeunits(words, 0, 1), pa.array([""], TEXT)])
    return said, pa.concat_arrays([words, pa.array([""], TEXT)]).take(pa.array(first)), letters.take(pa.array(second))
