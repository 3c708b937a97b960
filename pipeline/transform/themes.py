"""Maps the classifications of platforms to the twenty themes of `data/reference/theme_crosswalk.csv`.

Belongs here: theme codes, labels and the key words that stand for a theme. A term that the crosswalk does not know
is handed back, to be kept as the source wrote it and counted.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from pipeline.transform.reference import ptv_classes, rows

Term = tuple[str, str | None, str | None]
"""(scheme, code, label) as the platform gave them."""

_CODE_AT_END = re.compile(r"(?:^|[/#:])(P[0-9]{1,2}(?:\.[0-9]{1,2})?)$")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*-?")


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the twenty themes."""

    code: str
    label_fi: str
    label_sv: str
    label_en: str
    ptv_classes: tuple[str, ...]
    lahella_codes: tuple[str, ...]
    source_labels: tuple[str, ...]
    """Labels that platforms use for it."""
    keyword_stems: tuple[str, ...]
    """Pieces of words: plain anywhere in a word, after `^` at its beginning, after `=` the whole word."""


@cache
def themes() -> Mapping[str, Theme]:
    """The themes by code, T01 to T20."""
    return MappingProxyType(
        {
            r["code"]: Theme(
                code=r["code"],
                label_fi=r["label_fi"],
                label_sv=r["label_sv"],
                label_en=r["label_en"],
                ptv_classes=tuple(r["ptv_classes"].split()),
                lahella_codes=tuple(r["lahella_codes"].split()),
                source_labels=tuple(r["source_labels"].split("|")),
                keyword_stems=tuple(r["keyword_stems"].split()),
            )
            for r in rows("theme_crosswalk")
        }
    )


def theme_labels() -> dict[str, tuple[str, str, str]]:
    """Theme code -> its labels in Finnish, Swedish and English."""
    return {t.code: (t.label_fi, t.label_sv, t.label_en) for t in themes().values()}


def themes_for(terms: Sequence[Term]) -> tuple[list[str], list[Term]]:
    """The themes of a record's terms, sorted, and the terms that lead to none, in their order.

    Each term is tried by code (our own T01, a PTV service class or its URI, a code of Lähellä.fi), then by its whole
    label in any language, then by the key words in the label. A PTV subclass that is not listed counts as its main
    class; main classes that span many themes (P4 social services, P5 health care) stand for none.
    """
    found: set[str] = set()
    unmapped: list[Term] = []
    for term in terms:
        codes = _themes_of(term[1], term[2])
        if codes:
            found.update(codes)
        else:
            unmapped.append(term)
    return sorted(found), unmapped


@lru_cache(maxsize=20_000)
def _themes_of(code: str | None, label: str | None) -> tuple[str, ...]:
    by_code = _by_code()
    for raw in (code, label):
        text = (raw or "").strip()
        ptv = _CODE_AT_END.search(text)
        key = ptv[1] if ptv else text
        for candidate in (key, key.split(".")[0] if ptv else key):
            if candidate in by_code:
                return by_code[candidate]
    for words in (label, code):
        if words and (codes := _by_label().get(_fold(words))):
            return codes
    return tuple(keyword_themes(label)) if label else ()


@cache
def _by_code() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for t in themes().values():
        for code in (t.code, *t.ptv_classes, *t.lahella_codes):
            found.setdefault(code, []).append(t.code)
    return {code: tuple(codes) for code, codes in found.items()}


@cache
def _by_label() -> dict[str, tuple[str, ...]]:
    """Folded label -> themes; labels of PTV classes count where no theme's own label is the same."""
    found: dict[str, list[str]] = {}
    for t in themes().values():
        for label in dict.fromkeys(_fold(one) for one in (t.label_fi, t.label_sv, t.label_en, *t.source_labels)):
            found.setdefault(label, []).append(t.code)
    labels = {label: tuple(codes) for label, codes in found.items()}
    for c in ptv_classes("service_classes").values():
        codes = _by_code().get(c.code) or _by_code().get(c.parent_code)
        for label in (c.name_fi, c.name_sv, c.name_en):
            if codes and label:
                labels.setdefault(_fold(label), codes)
    return labels


@lru_cache(maxsize=20_000)
def _keyword_themes(text: str) -> tuple[str, ...]:
    hits: Counter[str] = Counter()
    for word in _WORD.findall(_fold(text)):
        hits.update(_themes_of_word(word))
    return tuple(sorted(hits, key=lambda code: (-hits[code], code)))


def keyword_themes(text: str | None) -> list[str]:
    """The themes whose key words a free text has, the most frequent first; ties by code."""
    return list(_keyword_themes(text)) if text else []


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Theme code -> one pattern of all its stems."""

    def pattern(stem: str) -> str:
        if stem[0] == "=":
            return f"^{re.escape(stem[1:])}$"
        return f"^{re.escape(stem[1:])}" if stem[0] == "^" else re.escape(stem)

    return {t.code: re.compile("|".join(pattern(s) for s in t.keyword_stems)) for t in themes().values()}


@lru_cache(maxsize=100_000)
def _themes_of_word(word: str) -> tuple[str, ...]:
    return tuple(code for code, pattern in _patterns().items() if pattern.search(word))


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
