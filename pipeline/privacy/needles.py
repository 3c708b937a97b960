"""One value that must not occur, as a pattern that finds it in whatever dress it comes.

A name is found in any letter case, with other white space or markup between its words, family name first, with the
common Finnish and Swedish case endings, and without its dots (Meikalainen); a phone number with any separators and
with or without its country; an address also with "(at)". Every character may be written as itself, as a JSON, HTML
or percent escape, decomposed, or as UTF-8 that was read as Latin-1.
Belongs here: the patterns. Files and archives are taken apart in `masking`.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html.entities import codepoint2name
from urllib.parse import quote_from_bytes, unquote

from pipeline.privacy.scan import national
from pipeline.transform.names import ascii_fold

KINDS = ("name", "phone", "email", "text")
_BREAK = r"(?:\s|\\[nrt]|&nbsp;|&#0*160;|&#x0*a0;|\\u00a0|%20|%C2%A0|\+|[-_.,]|<[^<>]{0,200}>)"
_GAP = r"(?:[\s\u00a0\-./()‐‑–]|&nbsp;|&#0*160;|&#x0*a0;|&#8209;|\\u00a0|\\u2011|\\u2013|%20|<[^<>]{0,200}>)*"
_START = r"(?:(?<![^\W_])|(?<=\\[nrtbf])|(?<=%20)|(?<=%[23][0-9a-f])|(?<=\\u[0-9a-f]{4}))"
_END = r"(?![^\W_])"
_DIGIT_START = r"(?:(?<!\d)|(?<=%20)|(?<=%[23][0-9a-f])|(?<=\\u[0-9a-f]{4}))"
_ENDINGS = r"(?:[:’']?(?:n|s|a|ä|ta|tä|tta|ttä|lle|lla|llä|lta|ltä|ssa|ssä|sta|stä|ksi|na|nä|in|an|en|on|un|yn|än|ön))?"
_AT = r"(?:@|\s*[(\[]\s*(?:at|ät|a|@)\s*[)\]]\s*|%40|&#0*64;|&#x0*40;|&commat;|\\u0040|=40)"


@dataclass(frozen=True)
class Needle:
    """A value and how it is looked for."""

    kind: str
    """name, phone, email, or text: exactly these words."""
    value: str
    row: str
    """Id of the ledger row that asks for it; the value itself is never shown."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds it in decoded text."""
        return _pattern(self.kind, self.value)

    @property
    def loose(self) -> re.Pattern[str]:
        """Finds it in binary files, where anything may touch it."""
        return _loose(self.kind, self.value)

    def may_be_in(self, seen: "Seen") -> bool:
        """False when it surely is not there; quick."""
        if self.kind == "phone":
            return national(self.value) in seen.digits
        wanted = all if self.kind == "name" else any
        return wanted(key in seen.letters for key in _keys(self.kind, self.value))


class Seen:
    """A text without its dress, made once for all needles."""

    def __init__(self, text: str) -> None:
        plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text) if "\\u" in text else text
        plain = re.sub(r"\\[nrt]", " ", plain) if "\\" in plain else plain
        plain = html.unescape(plain) if "&" in plain else plain
        plain = unquote(plain, errors="replace") + unquote(plain, "latin-1") if "%" in plain else plain
        plain = _repaired(plain)
        bare = re.sub(r"<[^<>]{0,200}>", "", plain) if "<" in plain else plain
        self.digits = re.sub(r"\D+", "", bare)
        self.letters = "|".join(_letters(one) for one in ({plain, bare}))


def mask_text(text: str, needles: tuple[Needle, ...], mask: str) -> str:
    """The text with `mask` where a needle was."""
    if not needles or not text:
        return text
    seen = Seen(text)
    for needle in needles:
        if needle.may_be_in(seen):
            text = needle.pattern.sub(mask, text)
    return text


def any_of(needles: tuple[Needle, ...]) -> str:
    """A pattern of RE2 that every text with a needle matches; others may."""
    parts = []
    for needle in needles:
        if needle.kind == "phone":
            digits = [c for c in needle.value if c.isdigit()][-6:]
            parts.append(r"[^0-9]{0,12}".join(digits))
            continue
        words = re.split(r"[^a-zA-Z]+", needle.value.partition("@")[0])
        longest = max(words, key=len)
        parts.append(longest[: max(2, len(longest) - 3)] if needle.kind == "name" else longest or ".")
    return "(?i)" + "|".join(p or "." for p in parts)


def _repaired(text: str) -> str:
    """UTF-8 that was read as Latin-1 reads as it should."""
    return re.sub("[ÂÃ][\u0080-\u00bf]", lambda m: m[0].encode("latin-1").decode("utf-8", "replace"), text)


def _letters(text: str) -> str:
    """Only letters and digits, in plain lower case."""
    return re.sub(r"[^a-z0-9]+", "", ascii_fold(text).lower())


@lru_cache(maxsize=4_096)
def _keys(kind: str, value: str) -> tuple[str, ...]:
    if kind == "name":
        return tuple(_letters(_stem(w)) for w in value.replace(",", " ").split())
    if kind == "email":
        local, _, host = value.partition("@")
        return tuple(_letters(f"{local}{at}{host}") for at in ("", "at", "a"))
    return (_letters(value),)


def _orders(name: str) -> list[list[str]]:
    """The words of a name as given, and family name first."""
    words = name.replace(",", " ").split()
    return [words, [words[-1], *words[:-1]]] if len(words) > 1 else [words]


def _stem(word: str) -> str:
    return word[:-3] if word.casefold().endswith("nen") else word


@lru_cache(maxsize=4_096)
def _pattern(kind: str, value: str) -> re.Pattern[str]:
    if kind == "phone":
        digits = _GAP.join(_char(d) for d in national(value))
        country = rf"(?:(?:\+|00|%2B|&#0*43;|\\u002b)\s?358{_GAP}(?:0{_GAP})?|358{_GAP}|\(?0{_GAP})?"
        built = f"{_DIGIT_START}{country}{digits}(?!\\d)"
    elif kind == "email":
        local, _, host = value.partition("@")
        built = f"{_START}(?<![.+-])(?:mailto:)?{_word(local)}{_AT}{_word(host)}{_END}"
    elif kind == "name":
        built = f"{_START}(?:{'|'.join(_name(words) for words in _orders(value))}){_END}"
    else:
        words = _BREAK.replace("[-_.,]", "[,]") + "+"
        built = words.join(_word(w) for w in value.split())
        built = (_START if value[:1].isalnum() else "") + built + (_END if value[-1:].isalnum() else "")
    return re.compile(built, re.IGNORECASE)


@lru_cache(maxsize=4_096)
def _loose(kind: str, value: str) -> re.Pattern[str]:
    strict = _pattern(kind, value).pattern
    for edge in (_START, _END, _DIGIT_START):
        strict = strict.replace(edge, "")
    return re.compile(strict, re.IGNORECASE)


def _name(words: list[str]) -> str:
    return (_BREAK + "+").join(_inflected(w) for w in words)


def _inflected(word: str) -> str:
    """A word of a name with its case endings: Malli, Mallin; Virtanen, Virtasen, Virtaselle."""
    if word.casefold().endswith("nen"):
        return rf"{_word(word[:-3])}(?:{_word('nen')}|{_word('s')}[^\W\d_]{{1,6}})"
    return _word(word) + _ENDINGS


def _word(word: str) -> str:
    return "".join(_char(c) for c in unicodedata.normalize("NFC", word))


@lru_cache(maxsize=4_096)
def _char(char: str) -> str:
    """One character in every dress."""
    forms: dict[str, None] = {}
    for one in dict.fromkeys((char, char.lower(), char.upper())):
        if len(one) != 1:
            continue
        number = ord(one)
        forms[re.escape(one)] = None
        forms[rf"\\u{number:04x}"] = None
        forms[rf"&#0*{number};"] = None
        forms[rf"&#x0*{number:x};"] = None
        if number in codepoint2name:
            forms[f"&{codepoint2name[number]};"] = None
        if not one.isascii() or not one.isalnum():
            for encoding in ("utf-8", "latin-1"):
                raw = one.encode(encoding, "ignore")
                if raw:
                    forms[re.escape(quote_from_bytes(raw, safe=""))] = None
                    forms[re.escape("".join(f"={b:02X}" for b in raw))] = None
        if not one.isascii():
            forms[re.escape(unicodedata.normalize("NFD", one))] = None
            forms[re.escape(one.encode("utf-8").decode("latin-1"))] = None
            if plain := ascii_fold(one):
                forms[re.escape(plain)] = None
    forms = {f: None for f in forms if f}
    return "(?:" + "|".join(forms) + ")" if len(forms) > 1 else next(iter(forms))
