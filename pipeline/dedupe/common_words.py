"""Words that bodies in many towns are called by, whether or not the records at hand show it.

In a short list every name is rare. That "Metsästysseura" or "Vanhempainyhdistys" stands in hundreds of towns is known
all the same: `data/reference/common_words.csv` holds such words, made by hand.
"""

from functools import cache

from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.lexicon import lexicon, rows
from pipeline.transform.names.stems import stem


@cache
def _stems() -> frozenset[str]:
    listed = {stem(ascii_fold(row["word"])) for row in rows("common_words")}
    return frozenset(listed | {stem(head) for head in lexicon().heads})


def is_common(core: str) -> bool:
    """Whether all words of a core (folded, parted by spaces) are such words; an empty core has none."""
    words = core.split()
    return bool(words) and all(stem(w) in _stems() for w in words)
