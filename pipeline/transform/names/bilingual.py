"""A cell with two names of one body, Finnish and Swedish or present and former: where one ends and the other begins."""

import re
from functools import lru_cache

from pipeline.transform.names.folding import ascii_fold, tidy, words
from pipeline.transform.names.several import is_several
from pipeline.transform.names.word_signs import language_of

_SAYS = r"\b(?:ent|entinen|aik|aiemmin|aikaisemmin|f\. ?d|fd|tidigare|ruotsiksi|på svenska)\b"
"""Words before another name of the body: a former one, or the Swedish one."""
_OTHER = re.compile(
    rf"^(?P<one>.{{4,}}?)[ ,;–-]*(?P<mark>[(]?)\s*{_SAYS}[.:]?\s+(?P<other>[^()]{{4,}})[)]?$", re.IGNORECASE
)
_SPACE = r"\pZ\s\x{b}\x{1c}-\x{1f}\x{85}\x{ad}\x{200b}\x{feff}"
_TWO_WORDS = rf"[^{_SPACE}][{_SPACE}]+[^{_SPACE}]"
SIGNS = rf"(?is){_TWO_WORDS}.*[-–/].*{_TWO_WORDS}|{_SAYS}"
"""What a cell with two names has, as a pattern of RE2: two words on either side of a sign, or a word that says so."""

_MORE = re.compile(r"[,;&+]| ja | sekä | och | samt |[-–/].*[-–/]", re.IGNORECASE)
"""What a cell has that names another body beside the two names of one."""


@lru_cache(maxsize=1 << 18)
def parallel(name: str) -> tuple[str, ...]:
    """Both names where one cell holds two ("Suomen X – Finlands Y ry", "X ry (ent. Y)"); else the name alone.

    "Karjalan ent. asukkaat ry" is one name: what stands before the word is no name, being one word without parentheses.
    """
    display = tidy(name)
    found = _OTHER.match(display)
    if found is not None and (found["mark"] or " " in found["one"].strip()):
        return found["one"].strip(" ,;-–"), found["other"].strip()
    for at in (i for i, c in enumerate(display) if c in "-/"):
        left, right = display[:at].strip(), display[at + 1 :].strip()
        if len(left) < 5 or len(right) < 5 or " " not in left or " " not in right:
            continue
        of_left, of_right = (
            language_of(words(ascii_fold(left))),
            language_of(words(ascii_fold(right).removesuffix(" ry"))),
        )
        if "sv" in (of_left, of_right) and of_left != of_right:
            is_more = _MORE.search(display) is not None and is_several(words(ascii_fold(display)))
            return (name,) if is_more else (left, right)
    return (name,)
