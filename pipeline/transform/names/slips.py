"""Words one slip of the key apart.

Belongs here: what counts as a slip. Which words are repaired is decided in `typing_errors`, `dependents` and
`written_out`.
"""

from rapidfuzz.distance import OSA


def deletions(word: str) -> list[str]:
    """The word and everything one deletion away from it, by which words one slip apart are found in an index."""
    return [word, *[word[:i] + word[i + 1 :] for i in range(len(word))]]


def is_slip(word: str, known: str) -> bool:
    """Whether a word is a known one with a letter left out, added, exchanged or swapped with the next.

    Not in the last letter, by which cases and numbers differ: "nuoren" is no slip of "nuoret".
    """
    return word[-1:] == known[-1:] and OSA.distance(word, known, score_cutoff=1) == 1
