"""Bytes of a text file -> text: which encoding it is, and repair of text that was read wrongly before.

Finnish lists come in UTF-8, in UTF-16 ("Unicode text" of Excel), and in the 8-bit encodings of Windows,
Macintosh and MS-DOS. The 8-bit ones are told apart by what the bytes above 127 would spell: å, ä and ö are
likely, everything else is not. No statistics of a library are asked, so the answer never changes with one.
"""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from pipeline.sources.errors import SourceFailed

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TELLING_LINES = 2000
"""So many lines with letters above 127 tell the encoding of a file."""
MIXED = 4
"""A file of which more than one telling line in so many is UTF-8 was put together of two."""
_ASCII = bytes(range(128))
_CANDIDATES = ("cp1252", "iso-8859-1", "mac_roman", "cp850")
_LETTERS = "åäöÅÄÖ"
_ALSO = "éèáàíóúüõæøÉÜÕÆØšžŠŽßñç–—‘’“”„•…€£§°´·½²³«»®\xa0"
_DAMAGED = _LETTERS + "éèáüÉÜõšžŠŽæøÆØ–—‘’“”„•…€§°´½\xa0"


@dataclass(slots=True)
class Decoded:
    """Text in composed letters (NFC) with `\\n` line ends, the encoding it was in, and notes for people."""

    text: str
    encoding: str
    notes: list[str] = field(default_factory=list)


def decode(body: bytes, given: str | None = None) -> Decoded:
    """The text of a file; `given` is the encoding that koonti.yml names, null when it is to be found out.

    Raises `SourceFailed` when the given encoding does not exist or does not fit.
    """
    if given:
        result = _as_told(body, given)
    else:
        result = _marked(body) or _unmarked_utf16(body) or _utf8(body) or _eight_bit(body)
    text = result.text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "").replace("\x00", "")
    text, repaired = _repair(text)
    if repaired:
        result.notes.append(
            f"{repaired} letters had been read in a wrong encoding before (Ã¤ for ä) and were put right"
        )
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        result.notes.append("letters written as two characters (a + dots) were joined")
    if broken := text.count("\ufffd"):
        result.notes.append(f"{broken} letters are lost (�); ask for the file in UTF-8")
    result.text = text
    return result


def _as_told(body: bytes, given: str) -> Decoded:
    try:
        name = codecs.lookup(str(given)).name
        text = body.decode(name)
    except LookupError:
        raise SourceFailed(
            f"encoding: '{given}' is not known; write utf-8, cp1252 or utf-16, or leave it out."
        ) from None
    except ValueError as error:
        place = getattr(error, "start", 0)
        raise SourceFailed(f"encoding: the file is not {given} (byte {place + 1}); leave the option out.") from None
    return Decoded(text, name)


def _marked(body: bytes) -> Decoded | None:
    """By the byte order mark at the start."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            try:
                return Decoded(rest.decode(name), name)
            except ValueError:
                if name == "utf-8":
                    return None
                return Decoded(rest.decode(name, errors="replace"), name, [f"the file is damaged {name}"])
    return None


def _unmarked_utf16(body: bytes) -> Decoded | None:
    """Latin text in UTF-16 has a zero in every second byte."""
    sample = body[:8192]
    if len(sample) < 4 or len(body) % 2:
        return None
    half = len(sample) // 2
    for name, zeros, letters in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if zeros.count(0) > 0.7 * half and letters.count(0) < 0.1 * half:
            return Decoded(body.decode(name, errors="replace"), name)
    return None


def _utf8(body: bytes) -> Decoded | None:
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except ValueError:
        pass
    # A file put together of two: some lines UTF-8, some not. Lines in an 8-bit encoding are hardly ever UTF-8.
    lines = body.removeprefix(codecs.BOM_UTF8).split(b"\n")
    telling = list(islice((line for line in lines if not line.isascii()), _TELLING_LINES))
    if sum(map(_is_utf8, telling)) * MIXED <= len(telling) and not body.startswith(codecs.BOM_UTF8):
        return None
    wrong = [index for index, line in enumerate(lines) if not _is_utf8(line)]
    for index in wrong:
        lines[index] = _sloppy(lines[index], "cp1252").encode()
    text = b"\n".join(lines).decode("utf-8")
    return Decoded(text, "utf-8", [f"{len(wrong)} lines are not UTF-8 and were read as cp1252"])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except ValueError:
        return False
    return True


def _eight_bit(body: bytes) -> Decoded:
    high = Counter(body.translate(None, delete=_ASCII)[:200_000])
    macintosh = b"\r" in body and b"\n" not in body
    scores: dict[str, float] = {}
    for name in _CANDIDATES:
        score = 0.0
        for byte, count in high.items():
            sign = bytes([byte]).decode(name, errors="replace")
            weight = 1.0 if sign in _LETTERS else 0.3 if sign in _ALSO else -1.0
            score += weight * count if sign != "\ufffd" else -5.0 * count
        # Windows is by far the most common; the others must win clearly, Macintosh less so with its line ends.
        prior = 0.0 if name in ("cp1252", "iso-8859-1") else -0.5 if macintosh and name == "mac_roman" else -2.0
        scores[name] = score + prior
    best = max(_CANDIDATES, key=lambda name: scores[name])
    return Decoded(_sloppy(body, best), best, [f"the encoding is not marked; {best} gives the likeliest Finnish"])


def _sloppy(body: bytes, name: str) -> str:
    """Decodes with the five bytes that cp1252 leaves open taken from Latin-1, as browsers do (WHATWG)."""
    try:
        return body.decode(name)
    except ValueError:
        return "".join(bytes([b]).decode(name, errors="ignore") or chr(b) for b in body)


def _mojibake() -> dict[str, str]:
    """Wrong spelling -> letter: what UTF-8 becomes when it is read in an 8-bit encoding, up to three times over, each
    time in the same or in another one."""
    table: dict[str, str] = {}
    spellings = {sign: sign for sign in _DAMAGED}
    for _ in range(3):
        spellings = {
            _sloppy(wrong.encode(), name): sign
            for wrong, sign in spellings.items()
            for name in ("cp1252", "iso-8859-1", "mac_roman")
        }
        table = {**spellings, **table}
    return table


_MOJIBAKE = dict(sorted(_mojibake().items(), key=lambda pair: -len(pair[0])))
_RUN = re.compile(r"[^\x00-\x7f]+")


def _repair(text: str) -> tuple[str, int]:
    """The text with wrongly read letters put right, and how many they were.

    Only spellings that no Finnish, Swedish or English word has are touched, and only when one of them
    stands for å, ä or ö.
    """
    if not ("Ã" in text or "√" in text):
        return text, 0
    runs = Counter(_RUN.findall(text))  # a wrong spelling is made of these alone, and they are few
    wrongs = re.compile("|".join(map(re.escape, _MOJIBAKE)))  # the longest first: wrong twice before wrong once
    hits: Counter[str] = Counter()
    for run, count in runs.items():
        for wrong in wrongs.findall(run):
            hits[wrong] += count
    if not any(_MOJIBAKE[wrong] in _LETTERS for wrong in hits):
        return text, 0
    right = {run: wrongs.sub(lambda found: _MOJIBAKE[found.group()], run) for run in runs}
    return _RUN.sub(lambda found: right[found.group()], text), hits.total()
