"""Reads e-mail addresses: one cell to any number of them."""

import re
import unicodedata
from functools import lru_cache

from pipeline.transform.values import Reading, is_empty

_AT = re.compile(r"\s*[(\[{<]\s*(?:at|ät|a|ä|@)\s*[)\]}>]\s*|\s+(?:ät|at)\s+(?=[\w-]+(?:\.|\s*[(\[]))", re.IGNORECASE)
_DOT = re.compile(r"\s*[(\[{]\s*(?:dot|piste|punkt|\.)\s*[)\]}]\s*", re.IGNORECASE)
_SPACED_AT = re.compile(r"(?<=[\w])[ \t]*@[ \t]*(?=[\w])")
_ADDRESS = re.compile(
    r"(?<![\w.!#$%&'*+=?^`{|}~@-])"
    r"([a-z0-9_åäö](?:[a-z0-9.!#$%&'*+=?^_`{|}~åäö-]*[a-z0-9_+åäö-])?)"
    r"@((?:[a-z0-9åäöéü](?:[a-z0-9åäöéü-]*[a-z0-9åäöéü])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]+))"
    r"(?![\w@-])",
)
_PATTERN = re.compile(r"(?:etunimi|fornamn|förnamn|firstname|first|nimi)[._-](?:sukunimi|efternamn|lastname|last)")
"""Instructions how to form an address, not an address."""


@lru_cache(maxsize=50_000)
def _emails(raw: str) -> tuple[Reading[str], ...]:
    text = unicodedata.normalize("NFKC", raw).casefold().replace("mailto:", " ")
    text = _SPACED_AT.sub("@", _DOT.sub(".", _AT.sub("@", text)))
    found: dict[str, Reading[str]] = {}
    for local, domain in _ADDRESS.findall(text):
        if ".." in local or len(local) > 64 or _PATTERN.fullmatch(local):
            found.setdefault("", Reading(None, "email_invalid"))
        else:
            address = f"{local}@{_unicode_host(domain)}"
            found.setdefault(address, Reading(address))
    if "@" in _ADDRESS.sub(" ", text):
        found.setdefault("", Reading(None, "email_invalid"))
    return tuple(found.values()) or (Reading(None, "email_invalid"),)


def emails(raw: str | None) -> list[Reading[str]]:
    """The e-mail addresses of a cell, lower-cased, each once, in their order.

    Repairs the ways people hide an address from robots: `(at)`, `[at]`, ` ät `, `(piste)`.
    A pattern such as `etunimi.sukunimi@…` and anything else that has an @ but is no address is `email_invalid`.
    """
    if raw is None or is_empty(raw):
        return []
    return list(_emails(raw))


def _unicode_host(domain: str) -> str:
    """The domain in letters: `xn--…` labels decoded, so that both spellings compare equal."""
    try:
        return domain.encode("ascii").decode("idna") if "xn--" in domain else domain
    except UnicodeError:
        return domain
