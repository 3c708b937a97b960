"""Sections of a body ("X ry / hiihtojaosto"), cut off before the name of the body is read."""

from pipeline.transform.names.folding import DASH, MARKS, OF_BODY, OPEN, SEMICOLON, SLASH
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import may_be_place


def section_word(listed: list[str]) -> str | None:
    """The section that stands last among the words of an umbrella's name."""
    if len(listed) < 2:
        return None
    return listed[-1] if listed[-1].endswith(lexicon().sections) else None


def cut_section(everything: list[str]) -> tuple[list[str], str | None]:
    """The words of the body and the section, if the name is that of a section.

    "X ry:n nuorisojaosto", "X ry / hiihtojaosto" and "X hiihtojaosto" are; "MLL:n Kuopion yhdistys" and
    "Eläkeläiset ry:n Savon piiri" are chapters, whose head noun says so.
    """
    lex = lexicon()
    for mark in (OF_BODY, SLASH, DASH, SEMICOLON, OPEN):
        if mark not in everything:
            continue
        at = len(everything) - 1 - everything[::-1].index(mark)
        body = everything[:at]
        unit = [w for w in everything[at + 1 :] if w not in MARKS and w not in lex.forms]
        named = [w for w in body if w not in MARKS and w not in lex.forms]
        if not unit or not named or (len(named) == 1 and may_be_place(named[0])):
            continue  # "Vihti: Nuorisoseura" is of Vihti and no section of it
        last = unit[-1]
        if last.endswith(lex.loose_sections) and not (last in lex.heads and mark == OF_BODY and last == "kerho"):
            return body, " ".join(unit)
    if len(everything) > 2 and everything[-2] in lex.forms and everything[-1].endswith(lex.loose_sections):
        return everything[:-1], everything[-1]  # "X ry kulttuuritoimikunta"
    content = [w for w in everything if w not in MARKS and w not in lex.forms]
    if len(content) > 1 and content[-1].endswith(lex.sections):
        at = len(everything) - 1 - everything[::-1].index(content[-1])
        body = everything[:at] + everything[at + 1 :]
        if len(content) > 2 and body[at - 1].endswith("n"):  # "Varkauden Tarmon hiihtojaosto" is of Varkauden Tarmo
            body[at - 1] = body[at - 1][:-1]
        return body, content[-1]
    return everything, None
