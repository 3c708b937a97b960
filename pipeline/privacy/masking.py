"""Masks values inside files as they came: JSON, HTML, CSV, calendars, workbooks, packed or not, in their encoding.

What it decides: how bytes are taken apart and put together again. What is looked for is in `needles`.
A text stays what it was (a number in JSON or in a workbook stays a number); where nothing is found, the bytes stay
the same. A binary file keeps its length: each letter of a value becomes an x.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable

from pipeline.privacy.needles import Needle, Seen, any_of

MASK = "[poistettu]"
"""What stands in the place of a suppressed value: "removed"."""
WINDOW = 400
"""Bytes on either side of a possible hit that are looked at."""
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FOLDED = re.compile(r"\r?\n[ \t]")


def mask_bytes(body: bytes, needles: tuple[Needle, ...], mask: str = MASK) -> bytes:
    """The body with every needle masked; the same object when there is none."""
    if not needles or not body:
        return body
    return changed(body, lambda text: _masked(text, needles, mask), lambda raw: _masked_binary(raw, needles))


def found_in(body: bytes, needles: tuple[Needle, ...]) -> tuple[Needle, ...]:
    """The needles that occur in a file."""
    if not needles:
        return ()
    if b"\x00" in body and not body.startswith(_PACKED):
        return nearby(body, needles)
    return tuple(n for n in needles if mask_bytes(body, (n,)) is not body)


def changed(body: bytes, text: Callable[[str], str], binary: Callable[[bytes], bytes] = lambda raw: raw) -> bytes:
    """A file with every text in it put through `text`; the same object when that changes nothing."""
    if body.startswith(b"\x1f\x8b"):
        try:
            inner = gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return binary(body)
        made = changed(inner, text, binary)
        return body if made is inner else gzip.compress(made, mtime=0)
    if body.startswith(b"PK\x03\x04"):
        return _changed_zip(body, text, binary)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return binary(body)
    bom, encoding = next(((b, e) for b, e in _BOMS if body.startswith(b)), (b"", ""))
    try:
        if not encoding and b"\x00" in body:
            return binary(body)
        decoded, encoding = _decoded(body[len(bom) :], encoding)
    except UnicodeDecodeError:
        return binary(body)
    made_text = text(decoded)
    return body if made_text == decoded else bom + made_text.encode(encoding, "surrogateescape")


def _decoded(body: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        return body.decode(encoding), encoding
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"  # Windows-1252 differs only in signs that no needle has


def _changed_zip(body: bytes, text: Callable[[str], str], binary: Callable[[bytes], bytes]) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = [(info, packed.read(info)) for info in packed.infolist()]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        return binary(body)
    made = [(info, changed(content, text, binary)) for info, content in members]
    if all(after is before for (_, before), (_, after) in zip(members, made, strict=True)):
        return body
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for info, content in made:
            packed.writestr(zipfile.ZipInfo(info.filename, info.date_time), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _masked(text: str, needles: tuple[Needle, ...], mask: str) -> str:
    original = text
    if text.startswith("BEGIN:VCALENDAR"):
        text = _FOLDED.sub("", text)  # a calendar breaks its lines in the middle of words
    before = text
    seen = Seen(text)
    for needle in needles:
        if needle.may_be_in(seen):
            text = needle.pattern.sub(lambda m: _in_place(m, mask), text)
    return original if text == before else text


def _in_place(match: re.Match[str], mask: str) -> str:
    """The mask; a bare number in JSON or in a cell of a workbook becomes 0, as words would break the file."""
    if match[0].isdigit():
        before = match.string[max(0, match.start() - 8) : match.start()].rstrip()[-1:]
        after = match.string[match.end() : match.end() + 8].lstrip()[:1]
        if (before in (":", "[", ",") and after in (",", "]", "}")) or (before == ">" and after == "<"):
            return "0"
    return mask


def _masked_binary(body: bytes, needles: tuple[Needle, ...]) -> bytes:
    """A binary file with letters of values made x, in one byte and in two bytes a letter."""
    if not any(re.search(any_of(needles).encode(), raw) for raw in (body, body.replace(b"\x00", b""))):
        return body
    made = body
    for encoding, start, step in (("latin-1", 0, 1), ("utf-16-le", 0, 2), ("utf-16-le", 1, 2)):
        end = start + (len(made) - start) // step * step
        text = _text_of(made[start:end], encoding)
        seen = Seen(text)
        for needle in needles:
            if needle.may_be_in(seen):
                text = needle.loose.sub(lambda m: "x" * len(m[0]), text)
        raw = _bytes_of(text, made[start:end], encoding)
        if raw != made[start:end] and len(raw) == end - start:
            made = made[:start] + raw + made[end:]
    return body if made == body else made


def nearby(body: bytes, needles: tuple[Needle, ...]) -> tuple[Needle, ...]:
    """The needles that occur in raw bytes; looks closely only where one could be, so it is quick on large files."""
    found: dict[Needle, None] = {}
    for match in re.finditer(any_of(needles).encode(), body):
        window = body[max(0, match.start() - WINDOW) : match.end() + WINDOW]
        texts = (window.decode("utf-8", "replace"), window.decode("latin-1"))
        found |= {n: None for n in needles if n not in found and any(n.pattern.search(text) for text in texts)}
    return tuple(found)


def _text_of(raw: bytes, encoding: str) -> str:
    if encoding == "latin-1":
        return raw.decode(encoding)
    whole = raw.decode(encoding, "replace")  # what is no letter there stays out of the way, in the same place
    return whole if len(whole) * 2 == len(raw) else ""


def _bytes_of(text: str, before: bytes, encoding: str) -> bytes:
    """The changed letters put back into the bytes; all others stay as they were, whatever they are."""
    if encoding == "latin-1":
        return text.encode(encoding)
    old = _text_of(before, encoding)
    made = bytearray(before)
    for place, (was, now) in enumerate(zip(old, text, strict=True)):
        if was != now:
            made[place * 2 : place * 2 + 2] = now.encode(encoding)
    return bytes(made)
