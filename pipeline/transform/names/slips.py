"""Words one slip of the key apart.

Belongs here: what counts as a slip. Which words are repaired is decided in `typing_errors`, `dependents` and
`written_out`.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

_BASE = 0x9E3779B97F4A7C15
_BITS = 20


class Near:
    """Tells of many words at once which may be one slip away from a known one; those that it leaves out are not.

    A word and everything one deletion away from it get numbers; two that are a slip apart share one. The number is
    the sum of the letters, each times a power for its place, so that those of all deletions come of two running sums.
    """

    def __init__(self, known: Iterable[str]) -> None:
        words = list(known)
        sizes = [*map(len, words)]
        self._shortest, self._longest = min(sizes) - 1, max(sizes) + 1
        self._numbers = np.sort(_numbers(words), axis=None)
        self._has = np.zeros(1 << _BITS, dtype=bool)
        self._has[self._numbers >> np.uint64(64 - _BITS)] = True

    def __call__(self, words: Sequence[str]) -> set[str]:
        """The words that may be a slip of a known one, or are one."""
        within = [w for w in words if self._shortest <= len(w) <= self._longest]
        if not within:
            return set()
        numbers = _numbers(within)
        row, column = np.nonzero(self._has[numbers >> np.uint64(64 - _BITS)])
        found = numbers[row, column]
        at = np.minimum(np.searchsorted(self._numbers, found), len(self._numbers) - 1)
        return {within[i] for i in row[self._numbers[at] == found].tolist()}


def _numbers(words: list[str]) -> npt.NDArray[np.uint64]:
    """Per word the numbers of its deletions, and its own where it is shorter than the longest."""
    text = np.array(words, dtype=np.str_)
    width = text.dtype.itemsize // 4 + 1
    letters = np.zeros((len(words), width), dtype=np.uint64)
    letters[:, :-1] = text.view(np.uint32).reshape(len(words), width - 1)
    power = [pow(_BASE, i + 1, 1 << 64) for i in range(width)]
    letters *= np.array(power, dtype=np.uint64)
    until = np.cumsum(letters, axis=1)
    after = until[:, -1:] - until
    return until - letters + after * np.uint64(pow(_BASE, -1, 1 << 64))


def deletions(word: str) -> list[str]:
    """The word and everything one deletion away from it, by which words one slip apart are found in an index."""
    return [word, *[word[:i] + word[i + 1 :] for i in range(len(word))]]


def is_slip(word: str, known: str) -> bool:
    """Whether a word is a known one with a letter left out, added, exchanged or swapped with the next.

    Not in the last letter, by which cases and numbers differ: "nuoren" is no slip of "nuoret".
    """
    return word[-1:] == known[-1:] and OSA.distance(word, known, score_cutoff=1) == 1
