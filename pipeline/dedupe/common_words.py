"""Words that bodies in many towns are called by, whether or not the records at hand show it.

In a short list every name is rare. That "Metsästysseura" or "Vanhempainyhdistys" stands in hundreds of towns is known
all the same: `data/reference/common_words.csv` holds such words, made by hand.
"""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools
from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.lexicon import lexicon, rows
from pipeline.transform.names.stems import stem
from pipeline.transform.names.word_lists import TEXT, Ints


@cache
def _stems() -> pa.Array:
    listed = {stem(ascii_fold(row["word"])) for row in rows("common_words")}
    return pa.array(sorted(listed | {stem(head) for head in lexicon().heads}), TEXT)


def are_common(rows: Ints, code: Ints, stems: pa.Array, cores: int) -> Bools:
    """Per core (of so many) whether all its words, folded, are such words; an empty core has none. `rows` and `code`
    are those of `coded_words`, `stems` the stem of each distinct word."""
    known = np.asarray(pc.is_in(stems, value_set=_stems()), dtype=bool)
    filled = np.asarray(pc.not_equal(stems, ""), dtype=bool)
    count = np.bincount(rows[filled[code]], minlength=cores)
    return np.asarray((count > 0) & (np.bincount(rows[(known & filled)[code]], minlength=cores) == count))
