"""The words that names are made of, from `data/reference/name_words.csv`, ASCII-folded and ready to look up."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.transform.names.folding import ascii_fold

REFERENCE = Path(__file__).parents[3] / "data" / "reference"

ONLY_LAST = frozenset(("ay", "ky"))
"""Forms that are ordinary letters or endings anywhere but at the end."""


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one reference file, as text."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by their part in a name; keys are ASCII-folded."""

    forms: dict[str, str]
    """Word or words -> legal form."""
    ends: frozenset[str]
    """How the form of an association is written at the end of a name, in one word (ry, r.y, rf)."""
    form_starts: frozenset[str]
    """First words of forms that have two."""
    form_suffixes: tuple[tuple[str, str], ...]
    form_endings: tuple[str, ...]
    heads: dict[str, tuple[str, str | None]]
    """Word -> (canonical head noun, level or null)."""
    head_suffixes: tuple[tuple[str, str, str | None], ...]
    district_suffixes: tuple[str, ...]
    not_district: frozenset[str]
    sections: tuple[str, ...]
    """Ends of words that name a section wherever they stand last."""
    loose_sections: tuple[str, ...]
    """Ends that name a section only after the name of the body ("X ry / nuoret")."""
    dependents: dict[str, str]
    """Nouns of bodies beside another ("Tarmon Tuki") -> the noun that stands for them."""
    clear_dependents: frozenset[str]
    """Those that mean nothing else: without a genitive, and before a place ("Noppa Kannatusyhdistys Mustinlahti")."""
    beside: frozenset[str]
    """Nouns of several bodies together ("KRELLI paikallisyhdistykset"), which are none of them."""
    national: frozenset[str]
    stops: frozenset[str]
    areas: dict[str, str]
    ordinary_places: frozenset[str]
    short_words: dict[str, str]
    """Words cut short -> the whole word."""
    short_ends: tuple[tuple[str, str], ...]
    """Ends of words cut short, and the whole ends."""
    phrases: dict[str, str]
    """Several words -> the one word that they say."""
    swedish: frozenset[str]
    """Words that make a name Swedish."""


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    by_kind: dict[str, list[tuple[str, str, str | None, str]]] = {}
    for row in rows("name_words"):
        entry = (ascii_fold(row["word"]), row["value"], row["level"] or None, row["note"])
        by_kind.setdefault(row["kind"], []).append(entry)
    sections = by_kind["section"]
    return Lexicon(
        forms={w.replace(".", ""): v for w, v, _, _ in by_kind["form"]},
        ends=frozenset(
            text for w, v, _, _ in by_kind["form"] if v == "ry" and w.isalpha() for text in (w, ".".join(w))
        ),
        form_starts=frozenset(w.split(" ")[0].replace(".", "") for w, _, _, _ in by_kind["form"] if " " in w) | {"r"},
        form_suffixes=tuple((w, v) for w, v, _, _ in by_kind["form_suffix"]),
        form_endings=tuple(w for w, _, _, _ in by_kind["form_suffix"]),
        heads={w: (v, level) for w, v, level, _ in by_kind["head"]},
        head_suffixes=tuple((w, v, level) for w, v, level, _ in by_kind["head_suffix"]),
        district_suffixes=tuple(w for w, _, _, _ in by_kind["district_suffix"]),
        not_district=frozenset(w for w, _, _, _ in by_kind["not_district"]),
        sections=tuple(w for w, _, _, note in sections if not note.startswith("Only")),
        loose_sections=tuple(w for w, _, _, _ in sections),
        dependents={w: v or w for kind in ("dependent", "clear_dependent") for w, v, _, _ in by_kind[kind]},
        clear_dependents=frozenset(w for w, _, _, _ in by_kind["clear_dependent"]),
        beside=frozenset(w for w, _, _, _ in by_kind["beside"]),
        national=frozenset(w for w, _, _, _ in by_kind["national"]),
        stops=frozenset(w for w, _, _, _ in by_kind["stop"]),
        areas={w: v for w, v, _, _ in by_kind["area"]},
        swedish=frozenset(
            ascii_fold(row["word"])
            for row in rows("name_words")
            if row["language"] == "sv" and row["kind"] in ("form", "head", "stop", "national") and row["word"] != "i"
        )
        - {"ab", "ao"},
        short_words={w: ascii_fold(v) for w, v, _, _ in by_kind["short_word"]},
        short_ends=tuple((w, ascii_fold(v)) for w, v, _, _ in by_kind["short_end"]),
        phrases={w: ascii_fold(v) for w, v, _, _ in by_kind["phrase"]},
        ordinary_places=frozenset(w for w, _, _, _ in by_kind["ordinary_place"]),
    )
