"""Reads languages: codes with or without a country, and names in Finnish, Swedish and English."""

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.transform.reference import rows
from pipeline.transform.values import NOTHING, Reading, is_empty

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_](?:[A-Za-z0-9]{2,8}))*")
_ALIASES = {
    "fisl": "fse",  # Lähellä's code for Finnish sign language
    "viittomakieli": "fse",
    "teckenspråk": "fse",
    "sgn-fi": "fse",
    "sgn-fi-fi": "fse",
    "sgn-fi-sv": "fss",
    "saame": "se",
    "saamen kieli": "se",
    "davvisámegiella": "se",
    "samiska": "se",
    "northern sámi": "se",
    "inari sámi": "smn",
    "skolt sámi": "sms",
    "romanikieli": "rom",
    "farsi": "fa",
    "mandariinikiina": "zh",
    "eesti": "et",
    "suomen kieli": "fi",
    "suomeksi": "fi",
    "på svenska": "sv",
    "in english": "en",
    "gb": "en",
    "iw": "he",
    "in": "id",
    "sh": "sr",
}
"""What platforms and people write that is in no standard, and withdrawn codes."""


@cache
def _known() -> dict[str, str]:
    """Casefolded code of any part of ISO 639, or name -> the code used here."""
    found: dict[str, str] = {}
    for r in rows("languages"):
        for name in (r["name_fi"], r["name_sv"], r["name_en"]):
            if name:
                found.setdefault(_fold(name), r["code"])
    for r in rows("languages"):
        for code in (r["code"], *r["iso_639_2_3"].split()):
            found[code] = r["code"]
    return {**found, **_ALIASES}


@lru_cache(maxsize=5_000)
def language(raw: str | None) -> Reading[str]:
    """The language code: two letters of ISO 639-1 where there are any, else three of ISO 639-3.

    Understands `fi-FI`, `se-SE` (Northern Sámi, not Swedish), `fin`, `suomi`, `suomen kieli`, `Finnish`, `fisl`.
    Anything else is null with `language_unknown`.
    """
    if raw is None or is_empty(raw):
        return NOTHING
    text = _fold(raw)
    for candidate in (text, text.removesuffix(" language"), re.sub(r"n? kieli$", "", text)):
        if candidate in _known():
            return Reading(_known()[candidate])
    match = _TAG.fullmatch(text)
    code = _known().get(match[1]) if match else None
    return Reading(code) if code else Reading(None, "language_unknown")


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
