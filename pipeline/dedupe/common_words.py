"""Words that bodies in many towns are called by, whether or not the records at hand show it.

In a short list every name is rare. That "Metsästysseura" or "Vanhempainyhdistys" stands in hundreds of towns is known
all the same: `data/reference/common_words.csv` holds such words, made by hand.
"""

from functools import cache

import numpy as np

from pipeline.dedupe.coding import Bools
from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.lexicon import lexicon, rows
from pipeline.transform.names.stems import stem
from pipeline.transform.names.word_lists import ListedWords


@cache
def _stems() -> frozenset[str]:
    listed = {stem(ascii_fold(row["word"])) for row in rows("common_words")}
    return frozenset(listed | {stem(head) for head in lexicon().heads})


def are_common(words: ListedWords, cores: int) -> Bools:
    """Per core (of so many) whether all its words, folded, are such words; an empty core has none."""
    rows, code, values = words
    known = np.array([stem(w) in _stems() for w in values], dtype=bool)
    filled = np.array([w != "" for w in values], dtype=bool)
    count = np.bincount(rows[filled[code]], minlength=cores)
    return np.asarray((count > 0) & (np.bincount(rows[(known & filled)[code]], minlength=cores) == count))
