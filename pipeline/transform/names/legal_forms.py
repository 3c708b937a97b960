"""Finds the legal form among the words of a name: last, first, inside, inflected, or the end of a compound."""

from dataclasses import dataclass

from pipeline.transform.names.folding import MARKS
from pipeline.transform.names.lexicon import ONLY_LAST, lexicon

_COMPANY = frozenset(("oy", "ay", "ky"))


@dataclass(slots=True)
class FoundForm:
    """The form, and what is left of the words: null where a word was the form, the stem where it was a compound."""

    form: str | None
    rest: list[str | None]


def may_be_form(word: str) -> bool:
    """True when `find_form` could take something of the word."""
    lex = lexicon()
    plain = word.replace(".", "")
    return plain in lex.forms or plain in lex.form_starts or word.endswith(lex.form_endings)


def compound_form(word: str) -> tuple[str, str] | None:
    """(form, what is left) of a word that ends in one ("Tarmosäätiö")."""
    lex = lexicon()
    for ending, value in lex.form_suffixes if word.endswith(lex.form_endings) else ():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return value, word[: -len(ending)].rstrip("-")
    return None


def find_form(words: list[str]) -> FoundForm:
    """The legal form of a word list. Several forms ("ry rf", "Oy Ab") count once; a body's own form (ry, sr)
    wins over that of a company, which may only be part of its name."""
    lex = lexicon()
    rest: list[str | None] = list(words)
    found: list[str] = []
    content = [i for i, w in enumerate(words) if w not in MARKS]
    last = content[-1] if content else -1
    for n, i in enumerate(content):
        if rest[i] is None:
            continue
        word = words[i].replace(".", "")
        if n + 1 < len(content) and word in lex.form_starts:
            j = content[n + 1]
            pair = f"{word} {words[j]}".replace(".", "")
            if pair in ("r y", "r f", "r p") or pair in lex.forms:
                found.append(lex.forms.get(pair.replace("r ", "r") if pair[1:2] == " " else pair, "ry"))
                rest[i] = rest[j] = None
                continue
        form = lex.forms.get(word)
        if form is not None:
            if word in ONLY_LAST and i != last:
                continue
            found.append(form)
            rest[i] = None
            continue
        if (compound := compound_form(word)) is not None:
            found.append(compound[0])
            rest[i] = compound[1]
    if all(w is None or w in MARKS for w in rest):  # "Säätiö" alone is a name
        rest = list(words)
    bodies = [f for f in found if f not in _COMPANY]
    return FoundForm(next(iter(bodies or found), None), rest)
