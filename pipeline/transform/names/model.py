"""The result of reading a name."""

from dataclasses import dataclass

from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import FoundPlaces


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The parts of one name. Null or empty means that the name does not say it, never that it is not so."""

    display: str
    """The name tidied: one kind of space and dash, composed letters, no quotes around it."""
    legal_form: str | None = None
    """A value of the code list `legal_form`."""
    places: tuple[str, ...] = ()
    """Municipalities of today ("297"), regions ("R11") and areas without a register ("XSAVO"), sorted."""
    place_keys: tuple[str, ...] = ()
    """As `places`, but a former municipality stands as "F" and its old code: a chapter of a merged
    municipality often lives on beside the one of the new municipality."""
    place_text: str | None = None
    """The place as written, ASCII-folded."""
    level: str | None = None
    """A value of the code list `organization_level`."""
    umbrella: str | None = None
    """Family id of `umbrellas.csv`."""
    abbreviation: str | None = None
    """Upper case, from the name itself or from `abbreviations.csv`."""
    initials: str = ""
    """First letters of the words, compounds taken apart at their head ("Jalkapalloklubi" gives JK)."""
    section: str | None = None
    """The section of a body ("hiihtojaosto"), ASCII-folded; the rest of the name is then the body's."""
    dependent: str | None = None
    """The noun of a body beside the one that the rest names: "Tarmon Tuki ry" is not Tarmo. The rest of the name
    is then the other body's."""
    head: str | None = None
    """The generic head noun in its canonical form (yhdistys, liitto, piiri, seura…)."""
    core: tuple[str, ...] = ()
    """The distinctive words, ASCII-folded, in order: no form, place, umbrella, level word or head noun."""
    language: str | None = None
    """fi or sv, from the hint or from words that only one of them has; null when nothing tells."""
    ascii: str = ""
    """Folded without the legal form and without diacritics, as half the sources have it."""
    tokens: tuple[str, ...] = ()
    """All words, ASCII-folded, with the legal form."""

    @property
    def folded(self) -> str:
        """Case-folded without the legal form, diacritics kept."""
        text = self.display.casefold()
        if self.legal_form is None:
            return text
        forms = lexicon().forms
        return " ".join(w for w in text.split(" ") if w.replace(".", "").strip(",()") not in forms) or text


@dataclass(slots=True)
class Dissected:
    """What the reading of the words of a name came to; the parts are those of `ParsedName`."""

    rest: list[str | None]
    """The words of the body in their positions; null where one was the form, umbrella, place or dependent noun."""
    plain: list[str]
    """The words of the body without form and marks."""
    legal_form: str | None
    places: FoundPlaces
    level: str | None
    umbrella: str | None
    abbreviation: str | None
    carrier: str | None
    """The word that is the abbreviation, where the others spell it out."""
    section: str | None
    dependent: str | None
    head: str | None
    core: list[str]
    language: str | None
    has_marks: bool
