"""Turns the texts of platforms into clean plain text.

Belongs here: white space, markup, broken encodings. Does not belong here: what a text says (`themes`), or what must
not be published in it (`identifiers`).
"""

import html
import re
import unicodedata
from functools import lru_cache

from lxml.etree import ParserError, iterwalk  # type: ignore[import-untyped]
from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"  # soft hyphens, zero width, direction marks
    "|[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]"  # control characters that are not white space
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!\[CDATA\[|<\?xml")
_PROCESSING = re.compile(r"<\?[^>]*>?|<!\[CDATA\[|\]\]>|<!DOCTYPE[^>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav "
    "ol p pre section table tr ul".split()
)
_DROPPED = frozenset(("script", "style", "template", "noscript", "head", "title", "iframe", "svg"))

_MARKDOWN = (
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^\s*[*•·]\s+", re.MULTILINE), "- "),
    (re.compile(r"\*\*(\S(?:[^*\n]*\S)?)\*\*"), r"\1"),
    (re.compile(r"!?\[([^\]\n]+)\]\((\S+?)\)"), r"\1 (\2)"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!-])"), r"\1"),
)

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*(?=\s+[\"”’(]?[^\W\d_a-zåäö])|\n")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:esim|mm|ym|yms|jne|ks|ns|nk|puh|tel|klo|n|v|s|p|os|nro|os|vrt|ml|huom|toim|ent|eli|bl\.a|t\.ex|kl|"
    r"dvs|osv|e\.g|i\.e|[A-ZÅÄÖ]|\d+)\.$",
    re.IGNORECASE,
)

_MOJIBAKE = re.compile(
    "Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
    "|Â[\u0080-\u00bf]|â[\u0080€][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¢¦“”]|Å[¡¾½\u00a0]"
)


def tidy(text: str | None) -> str | None:
    """The text with composed letters and plain white space; null when nothing is left.

    Invisible characters go, lines keep their ends, more than one blank line becomes one.
    """
    if text is None:
        return None
    visible = _INVISIBLE.sub("", _LINE_END.sub("\n", _LONE_SURROGATE.sub("\ufffd", text)))
    composed = unicodedata.normalize("NFC", visible)
    lines = (" ".join(line.split()) for line in composed.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None


@lru_cache(maxsize=20_000)
def plain(value: str | None, format: str = "plain") -> str | None:
    """The plain text of a text in `plain`, `markdown` (PTV's light one: bullets, numbers, headings) or `html`.

    Bullets become lines that start with "- ", block elements become line breaks, scripts and styles vanish.
    """
    if value is None:
        return None
    if format == "html":
        value = _without_html(value)
    elif format == "markdown":
        value = tidy(value) or ""
        for pattern, replacement in _MARKDOWN:
            value = pattern.sub(replacement, value)
    return tidy(value)


def _without_html(value: str) -> str:
    if not _TAG.search(value):
        return html.unescape(value) if _ENTITY.search(value) else value
    clean = _LONE_SURROGATE.sub("\ufffd", _INVISIBLE.sub("", _PROCESSING.sub("", value)))
    try:
        parser = HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
        walker = iterwalk(document_fromstring(f"<div>{clean}</div>", parser=parser), events=("start", "end"))
    except (ParserError, ValueError):
        return html.unescape(re.sub(r"<[^<>]*>", " ", clean))
    pieces: list[str] = []
    for event, element in walker:
        if event == "start":
            if element.tag in _DROPPED:
                walker.skip_subtree()
                continue
            pieces.append("\n" if element.tag in _BLOCKS else "")
            pieces.append("- " if element.tag == "li" else "")
            pieces.append((element.text or "") if element.tag == "pre" else _inline(element.text))
        else:
            pieces.append("\n" if element.tag in _BLOCKS or element.tag == "br" else "")
            pieces.append(" " if element.tag in ("td", "th") else "")
            pieces.append(_inline(element.tail))
    # A paragraph inside a list item would part the bullet from its text, and blocks in blocks leave gaps.
    text = re.sub(r"\s*\n\s*", "\n", "".join(pieces))
    return re.sub(r"(?m)^- *\n(?!- )", "- ", re.sub(r"(?m)^- *\n(?=- )", "", text))


def _inline(text: str | None) -> str:
    """Line ends in the source of HTML are only spaces."""
    return re.sub(r"\s+", " ", text) if text else ""


@lru_cache(maxsize=20_000)
def first_sentence(text: str | None, limit: int = 150) -> str | None:
    """The first sentence or line of a plain text, at most `limit` characters, cut at a word with an ellipsis."""
    clean = tidy(text)
    if clean is None:
        return None
    sentence = clean
    for end in _SENTENCE_END.finditer(clean):
        if clean[end.start()] == "\n" or not _ABBREVIATION.search(clean[: end.start()]):
            sentence = clean[: end.end()].strip()
            break
    if len(sentence) <= limit:
        return sentence
    cut = sentence[: limit - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–-") + "…"


def repair_mojibake(text: str) -> tuple[str, bool]:
    """The text with UTF-8 that was read as Windows-1252 or Latin-1 put right, and whether anything changed.

    Only the pairs that no Finnish or Swedish text has (`Ã¤`, `Â»`, `â€™`) are looked at, each by itself, so that
    correct letters in the same text stay; twice broken text is repaired twice.
    """
    repaired = text
    for _ in range(3):
        again = _MOJIBAKE.sub(lambda m: _decoded(m[0]), repaired)
        if again == repaired:
            break
        repaired = again
    return repaired, repaired != text


def _decoded(pair: str) -> str:
    try:
        return b"".join(c.encode("latin-1") if c <= "\u00ff" else c.encode("cp1252") for c in pair).decode("utf-8")
    except UnicodeError:
        return pair


def is_damaged(text: str | None) -> bool:
    """True when characters were lost before the text came here (the replacement character �)."""
    return text is not None and "\ufffd" in text
