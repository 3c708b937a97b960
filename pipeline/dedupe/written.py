"""Full names as they are written: what is compared and looked up of each, worked out once for every distinct name.

Nothing here depends on what the names are understood to mean, so it is done while that is found out. Does not belong
here: what a name means (`features`), and which of this makes two names alike (`name_similarity`, `name_keys`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes, codes_of, filled, numbered
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

    def of(self, texts: pa.Array) -> Ints:
        """The rows of some names, all of which are there."""
        return np.asarray(pc.index_in(texts, value_set=self.texts), dtype=np.int64)


def as_written(names: Any) -> Written:
    """Of names, which may stand there several times."""
    texts = flat(pc.unique(names))
    lists = pc.split_pattern(texts, " ")
    owner, code, words = coded_words(lists)
    glued = pc.replace_substring(pc.binary_join(lists, ""), "-", "")
    said, first, second = _spoken(owner, code, words, len(texts))
    return Written(
        texts=texts,
        in_order=in_order_of(owner, code, words, len(texts)),
        joined=codes_of(letters_and_digits(glued)),
        inflected=codes_of(in_order_of(owner, code, stems_of_each(words), len(texts))),
        glued=filled(*numbered(glued)),
        said=said,
        first=first,
        second=second,
    )


def written_in(features: pa.Table) -> Written:
    """Of the names of records."""
    return as_written(pc.list_flatten(flat(features.column("asciis"))))


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
