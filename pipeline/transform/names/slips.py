"""Words one slip of the key apart: they share a form with one letter left out.

Belongs here: how such forms are made. Which words are repaired is decided in `typing_errors` and `written_out`.
"""

from collections.abc import Iterable


def deletions(word: str) -> Iterable[str]:
    """The word and everything one deletion away from it."""
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
