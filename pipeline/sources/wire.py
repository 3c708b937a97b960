"""What stands on the wire, and who may see it: content coding, Retry-After, secrets, and addresses in messages."""

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit, urlunsplit

import requests

from pipeline.sources.errors import SourceFailed


class TryAgain(Exception):
    def __init__(self, reason: str, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.wait = wait
        self.status = status


class Session(requests.Session):
    """A session that sends its secrets to no other host than the one that was asked, redirected or not."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[str] = set()
        self.never: re.Pattern[str] | None = None
        """Addresses that are not asked, not even when a page leads there; null for none."""
        self.following: Callable[[str], None] = lambda address: None
        """Called with the address that a redirect leads to, before it is asked."""

    def refuses(self, address: str) -> bool:
        """True for an address whose path and query match `never`."""
        parts = urlsplit(address)
        return bool(self.never and self.never.search(f"{unquote(parts.path)}?{unquote(parts.query)}"))

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Called for each redirect; requests itself drops only `Authorization`."""
        super().rebuild_auth(prepared_request, response)
        asked, next_one = response.request.url or "", prepared_request.url or ""
        if self.refuses(next_one):
            raise SourceFailed(f"{shown(asked)}: leads to {shown(next_one)}, which is never asked. Ask the platform.")
        self.following(next_one)
        if self.should_strip_auth(asked, next_one):
            for name in self.secrets:
                prepared_request.headers.pop(name, None)


def shown(address: str) -> str:
    """The address without a query that could be long, for messages."""
    parts = urlsplit(address)
    query = parts.query if len(parts.query) <= 80 else parts.query[:77] + "…"
    return urlunsplit(parts._replace(query=query, netloc=parts.netloc.rsplit("@", 1)[-1]))


def retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def decoded(raw: bytes, coding: str, limit: int, address: str) -> bytes:
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return raw
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise SourceFailed(f"{address}: unknown content coding '{coding}'.")
    engine = zlib.decompressobj(31 if "gzip" in coding else 15)
    try:
        body = engine.decompress(raw, limit + 1)
    except (zlib.error, gzip.BadGzipFile):
        raise TryAgain("the compressed answer is broken") from None
    if len(body) > limit:
        raise SourceFailed(f"{address}: the answer unpacks to more than {limit / 1e6:.0f} MB; not read.")
    if not engine.eof:
        raise TryAgain("the compressed answer broke off")
    return body
