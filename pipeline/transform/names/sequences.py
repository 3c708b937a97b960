"""Which names share a template: those of one sequence of word classes. Sequences are found with numpy.

One list of names may be read in pieces: the templates of one piece hold for the next. Does not belong here: what a
class is (`word_classes`), and what a template tells (`templates`).
"""

import numpy as np
import numpy.typing as npt

from pipeline.transform.names.folding import MARKS
from pipeline.transform.names.many_words import Words
from pipeline.transform.names.templates import Template, template_of
from pipeline.transform.names.word_lists import Ints

Templates = dict[int, tuple[bytes, Template | None]]
"""Sum of a sequence -> the numbers of its classes, and its template; null where its names are read one by one."""
_WORTH = 2
"""Names of a sequence from which a template is made."""


def templates_of(words: Words, held: Templates) -> tuple[list[Template], Ints]:
    """(the templates of these names, which one each name has; -1 for none)."""
    sums, first, sequence = _sequences(words)
    rows = np.flatnonzero(~_unlike(words, sequence, first))
    size = np.bincount(sequence[rows], minlength=len(first))
    like = first.copy()
    like[sequence[rows[::-1]]] = rows[::-1]
    start = np.cumsum(words.count) - words.count
    templates: list[Template] = []
    number = np.full(len(first), -1, dtype=np.int64)
    told = np.flatnonzero((size >= _WORTH) | ((size > 0) & bool(held)))
    spans = zip(start[like[told]].tolist(), (start + words.count)[like[told]].tolist(), strict=True)
    for s, total, names, (a, b) in zip(told.tolist(), sums[told].tolist(), size[told].tolist(), spans, strict=True):
        keys = words.key[a:b].tobytes()
        found = held.get(total)
        if found is None and names >= _WORTH:
            found = held[total] = keys, _made([words.text[w] for w in words.word[a:b].tolist()])
        if found is not None and found[1] is not None and found[0] == keys:
            number[s] = len(templates)
            templates.append(found[1])
    of = np.full(len(words.count), -1, dtype=np.int64)
    of[rows] = number[sequence[rows]]
    return templates, of


def _made(everything: list[str]) -> Template | None:
    return template_of(everything) if everything else None


def _sequences(words: Words) -> tuple[npt.NDArray[np.uint64], Ints, Ints]:
    """(the sum of each sequence, its first name, the sequence of each name): names of one sequence have classes of one
    sum.

    The sum is of 64 bits; `_unlike` finds those that it confuses.
    """
    mixed = (words.key.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9) + np.uint64(2) * words.at.astype(np.uint64) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(32)
    total = np.zeros(len(words.count) + 1, dtype=np.uint64)
    np.cumsum(mixed, out=mixed)
    ends = np.cumsum(words.count)
    total[1:] = np.where(ends > 0, mixed[np.maximum(ends, 1) - 1], 0) if len(mixed) else 0
    sums, first, sequence = np.unique(np.diff(total), return_index=True, return_inverse=True)
    return sums, first.astype(np.int64), sequence.astype(np.int64)


def _unlike(words: Words, sequence: Ints, first: Ints) -> npt.NDArray[np.bool_]:
    """Names whose classes are not those of the first of their sequence, and those with a word of no class or a word
    that stands twice: classes do not tell whether two words are the same."""
    key = words.key
    like = first[sequence]
    start = np.cumsum(words.count) - words.count
    found = words.count != words.count[like]
    where = np.minimum(start[like][words.owner] + words.at, max(len(key) - 1, 0))
    found[words.owner[(key != key[where]) | (key == 0)]] = True
    is_mark = np.array([w in MARKS for w in words.text], dtype=bool)
    both = np.sort(words.owner[~is_mark[words.word]] << 32 | words.word[~is_mark[words.word]])
    found[both[1:][both[1:] == both[:-1]] >> 32] = True
    return found
