"""Tidying and folding of names, and their words.

Everything is matched on ASCII-folded words, because sources lose umlauts; the display keeps them.
"""

import re
import unicodedata
from collections.abc import Sequence

OF_BODY, SLASH, DASH, OPEN, CLOSE, SEMICOLON, AND = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07"
"""Marks in the word list: an inflected legal form ("ry:n") went before; slash; dash or comma; parentheses; semicolon;
"&" or "+" between words."""

MARKS = frozenset((OF_BODY, SLASH, DASH, OPEN, CLOSE, SEMICOLON, AND))

_LETTERS = str.maketrans(
    "äåáàâãöøóòôõéèêëíìîïúùûüýčćçšśžźżñđłńřŋ",
    "aaaaaaooooooeeeeiiiiuuuuycccsszzzndlnrn",
)
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*|[\x01-\x07]")
END = "\n"
"""Stands after each of many names."""
_WORD_OR_END = re.compile(f"{_WORD.pattern}|{END}")
_SPACE = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_DASHES = re.compile(r"[\u2010\u2011\u2012\u2013\u2014\u2015\u2212]")
_FORM_CASE = re.compile(r"\b(r\.? ?y\.?|r\.? ?f\.?|r\.? ?p\.?|sr|osk|oy):[a-z]{1,4}\b")
_CASE_ENDING = re.compile(r"(?<=\w):[a-z]{1,4}\b")
_SEPARATORS = (
    ("/", re.compile(r"\s*/\s*"), f" {SLASH} "),
    ("-", re.compile(r"\s+-\s*|\s*-\s+(?!ja\b|och\b|tai\b|sekä\b|seka\b)"), f" {DASH} "),
    (",", re.compile(","), f" {DASH} "),
    (":", re.compile(r":\s"), f" {DASH} "),
    ("|", re.compile(r"\|"), f" {DASH} "),
    (";", re.compile(";"), f" {SEMICOLON} "),
    ("&", re.compile(r"\s&\s"), f" {AND} "),
    ("+", re.compile(r"\s\+\s"), f" {AND} "),
    ("(", re.compile(r"\("), f" {OPEN} "),
    ("[", re.compile(r"\["), f" {OPEN} "),
    (")", re.compile(r"\)"), f" {CLOSE} "),
    ("]", re.compile(r"\]"), f" {CLOSE} "),
)
"""Sign, where it is a mark, and which."""


_NOT_ALONE = re.compile("[-/:&+]")
"""Signs that are a mark by what stands beside them."""
_ALONE = tuple((sign, mark) for sign, _, mark in _SEPARATORS if not _NOT_ALONE.match(sign))
_SIGNS = frozenset("/-,;:|()[]&+")


_BROKEN = re.compile(r"[ÂÃ][\x80-\xff€-™ -ÿ]")


_SEVEN_BITS = re.compile(r"(?<=[A-Za-z{|}])[{|}](?=[A-Za-z{|}])|(?<=[A-Za-z{|}])[{}](?![^\W\d_])")
_NATIONAL = {"{": "ä", "|": "ö", "}": "å"}
"""What signs inside words stand for in the Finnish seven-bit code (SFS 4017, ISO 646), which old systems still send."""


def tidy(text: str) -> str:
    """One kind of space, dash and apostrophe, composed letters, no quotes around.

    Changes no word but one whose letters a wrong decoding broke ("JyvÃ¤skylÃ¤"), and that only where the bytes
    have one reading, and one with the letters of the seven-bit code ("ker{ilij{t").
    """
    if "{" in text or "|" in text or "}" in text:
        text = _SEVEN_BITS.sub(lambda found: _NATIONAL[found[0]], text)
    if not text.isascii():
        text = _mended(text) if _BROKEN.search(text) else text
        text = unicodedata.normalize("NFC", text)
        text = _SPACE.sub(" ", _DASHES.sub("-", text).replace("’", "'").replace("´", "'"))
    return " ".join(text.split()).strip("\"”“'»«* ")


def _mended(text: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def ascii_fold(text: str) -> str:
    """Case-folded, letters without their marks (ä and å become a, ö becomes o)."""
    text = text.casefold()
    if text.isascii():
        return text
    text = text.translate(_LETTERS)
    if text.isascii():
        return text
    return _unmarked(_unmarked(text).casefold()).translate(_LETTERS)  # "🄐" is a sign without case that stands for "(A)"


def folded_all(texts: Sequence[str]) -> list[str]:
    """`ascii_fold` of tidied texts, at once."""
    if not texts:
        return []
    folded = END.join(texts).casefold()
    for letter, plain in _LETTERS.items():
        folded = folded.replace(chr(letter), chr(plain))
    return [text if text.isascii() else ascii_fold(text) for text in folded.split(END)]


def _unmarked(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(folded: str) -> list[str]:
    """Words and marks of an ASCII-folded, tidied name; case endings after a colon ("MLL:n") are taken off."""
    return _WORD.findall(_marked(folded))


def words_of_many(folded: Sequence[str]) -> list[str]:
    """The `words` of many names one after the other, an `END` after each; no tidied name has one in it."""
    told = END.join([_marked(text) if _NOT_ALONE.search(text) else text for text in folded] + [""])
    for sign, mark in _ALONE:
        told = told.replace(sign, mark)
    return _WORD_OR_END.findall(told)


def _marked(folded: str) -> str:
    if ":" in folded:
        folded = _FORM_CASE.sub(rf"\1 {OF_BODY}", folded)
        folded = _CASE_ENDING.sub("", folded)
    if not _SIGNS.isdisjoint(folded):
        for sign, pattern, mark in _SEPARATORS:
            if sign in folded:
                folded = pattern.sub(mark, folded)
    return folded
