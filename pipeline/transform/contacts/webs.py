"""Reads web addresses, and tells an organisation's own site from a page on a platform that many share."""

import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, urlsplit

from pipeline.transform.reference import rows
from pipeline.transform.values import NOTHING, Reading, is_empty

_SCHEME = re.compile(r"(?:h[tp]{2,3}(s?)\s*:?\s*/+\s*)+", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:(?!\d)", re.IGNORECASE)
_HOST = re.compile(r"(?=.{4,253}$)(?:(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})")
_EDGES = " \t\r\n\"'<>«»”“’`"
_TRAILING = ".,;:!)]}"


@lru_cache(maxsize=50_000)
def url(raw: str | None) -> Reading[str]:
    """A web address with scheme and lower-cased host, path and fragment as they were.

    Takes the first web address of a text; `https` is added where no scheme is written. A lone slash at the end is
    dropped, so that both spellings of a front page are one. An e-mail address or any other text is `url_invalid`.
    """
    if raw is None or is_empty(raw):
        return NOTHING
    text = raw.strip(_EDGES)
    if match := _SCHEME.match(text):  # "http:// www.example.fi", "https://https://example.fi"
        text = f"http{match[1].lower()}://{text[match.end() :]}"
    for word in re.split(r"[\s<>\"]+", text):
        if address := _address(word.strip(_EDGES).rstrip(_TRAILING)):
            return Reading(address)
    return Reading(None, "url_invalid")


def _address(word: str) -> str | None:
    if not word.lower().startswith(("http://", "https://")):
        if _OTHER_SCHEME.match(word) or "@" in word.split("/")[0]:
            return None
        word = f"https://{word.lstrip('/')}"
    try:
        parts: SplitResult = urlsplit(word)
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not _HOST.fullmatch(name) or "@" in parts.netloc:
        return None
    netloc = f"{name}:{port}" if port not in (None, 80, 443) else name
    path = "" if parts.path == "/" and not parts.query and not parts.fragment else parts.path
    return parts._replace(scheme=parts.scheme.lower(), netloc=netloc, path=path).geturl()


@lru_cache(maxsize=50_000)
def host(address: str | None) -> str | None:
    """The host of a web address without `www.`; null when it is none."""
    read = url(address).value
    name = urlsplit(read).hostname if read else None
    return name.removeprefix("www.") if name else None


@cache
def _shared() -> dict[str, bool]:
    """Platform host -> whether its subdomains are the sites of single organisations."""
    return {r["host"]: r["subdomains"] == "own" for r in rows("shared_hosts")}


@lru_cache(maxsize=50_000)
def is_shared_host(name: str | None) -> bool:
    """True for a host where many organisations have pages (facebook.com), so that it identifies none of them.

    A subdomain of a site builder (`example.yhdistysavain.fi`) is an organisation's own; the list is
    `data/reference/shared_hosts.csv`.
    """
    if not name:
        return False
    labels = name.lower().removeprefix("www.").split(".")
    for i in range(len(labels)):
        own = _shared().get(".".join(labels[i:]))
        if own is not None:
            return i == 0 or not own
    return False
