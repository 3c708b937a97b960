"""A cell with a Finnish and a Swedish name: where one ends and the other begins."""

from functools import lru_cache

from pipeline.transform.names.folding import ascii_fold, tidy, words
from pipeline.transform.names.word_signs import language_of


@lru_cache(maxsize=1 << 18)
def parallel(name: str) -> tuple[str, ...]:
    """The Finnish and the Swedish name where one cell holds both ("Suomen X – Finlands Y ry"); else the name alone."""
    display = tidy(name)
    for at in (i for i, c in enumerate(display) if c in "-/"):
        left, right = display[:at].strip(), display[at + 1 :].strip()
        if len(left) < 5 or len(right) < 5 or " " not in left or " " not in right:
            continue
        of_left, of_right = (
            language_of(words(ascii_fold(left))),
            language_of(words(ascii_fold(right).removesuffix(" ry"))),
        )
        if "sv" in (of_left, of_right) and of_left != of_right:
            return left, right
    return (name,)
