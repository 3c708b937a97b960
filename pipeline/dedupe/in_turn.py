"""Which words may be abbreviated by some letters, seen in bulk before `letters_fit` looks at each."""

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools
from pipeline.transform.names.word_lists import Ints


def may_fit(shorts: list[str], short: Ints, said: pa.Array) -> Bools:
    """Per pair of an abbreviation (its number in `shorts`) and words, parted by spaces, whether the words have its
    letters in turn, each in the word of the one before or first in the next. `letters_fit` asks no less."""
    found = np.zeros(len(short), dtype=bool)
    order = np.argsort(short, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(short[order]) != 0)[: len(order)])
    for rows in np.split(order, starts[1:]) if len(order) else ():
        found[rows] = pc.match_substring_regex(said.take(pa.array(rows)), _pattern(shorts[short[rows[0]]]))
    return found


@lru_cache(maxsize=1 << 16)
def _pattern(short: str) -> str:
    return "^" + "[^ ]* ?".join(map(re.escape, short))
