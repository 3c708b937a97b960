"""The one HTTP client: identified, patient, bounded and polite; everything it reads goes into the snapshot.

It decides when to try again (429 and 5xx, connection faults, broken bodies; Retry-After is honoured up to a
bound), how large an answer may be, and how far apart requests to a host are. It does not know any platform;
what a host forbids and how it is treated is in `robots` and `manners`.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests
import urllib3
from requests import Response

from pipeline.sources.earlier import Earlier
from pipeline.sources.errors import SourceFailed
from pipeline.sources.manners import Manners
from pipeline.sources.warc import Capture, kept_headers
from pipeline.sources.wire import Session, TryAgain, decoded, retry_after, shown

RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """How the client behaves; every number can be set in koonti.yml under `http`."""

    user_agent: str = "Koonti/0.1 (+https://example.org/koonti; koonti@example.org)"
    """Names the client and a person to write to."""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 300.0
    """Seconds one answer may take altogether: a server that drips bytes is cut off."""
    tries: int = 5
    backoff: float = 1.0
    """First wait between tries in seconds; doubles each time."""
    max_wait: float = 120.0
    """Longest wait, also when Retry-After asks for more."""
    max_bytes: int = 50_000_000
    obey_robots: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One answer."""

    url: str
    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the answer, by name in any case; the snapshot keeps only some of them."""
    not_modified: bool = False
    """True when the platform said that nothing has changed (304) and the body is the earlier one."""

    def capture(self, now: datetime) -> Capture:
        """The answer as the snapshot keeps it."""
        kept = kept_headers(self.headers)
        return Capture(self.url, self.body, self.content_type, now, self.status, kept, self.not_modified)

    def json(self) -> Any:
        """The body as JSON; raises `SourceFailed` that says what came instead."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise SourceFailed(f"{self.url}: expected JSON, got {describe(self)}.") from error


def describe(page: Page) -> str:
    """An answer in a few words, without its content: '2 kB of text/html'."""
    size = f"{len(page.body) / 1000:.1f} kB" if len(page.body) >= 1000 else f"{len(page.body)} bytes"
    kind = page.content_type.split(";")[0].strip() or "no content type"
    start = page.body[:200].lstrip().lower()
    looks = " (an HTML page)" if start.startswith((b"<!doctype html", b"<html")) else ""
    return f"{size} of {kind}{looks}"


class HttpClient:
    """Fetches pages of one source and keeps each in `record`."""

    def __init__(
        self,
        policy: HttpPolicy,
        *,
        record: Callable[[Capture], None] = lambda capture: None,
        pace_seconds: float = 0.0,
        headers: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.policy = policy
        self.transferred = 0
        """Bytes of bodies that came over the wire."""
        self.not_modified = 0
        """Answers that only said that nothing has changed."""
        self.record = record
        self.earlier: Earlier | None = None
        """What came last time; requests then ask for what has changed since."""
        self._sleep = sleep
        self._notice = notice
        self._session = Session()
        self._session.headers.update({"User-Agent": policy.user_agent, **(headers or {})})
        self._session.max_redirects = 5
        self._timeout = (policy.connect_timeout, policy.read_timeout)
        self.manners = Manners(
            self._session,
            policy.user_agent,
            self._timeout,
            pace=pace_seconds,
            longest=policy.max_wait,
            obey_robots=policy.obey_robots,
            sleep=sleep,
        )

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self.manners.requests

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def authorize(self, header: str, value: str) -> None:
        """Sends a secret with every request; it is never logged and never kept."""
        self._session.headers[header] = value
        self._session.secrets.add(header)

    def refuse(self, never: str) -> None:
        """Asks no address whose path and query match the pattern, whatever links or redirects to it."""
        self._session.never = re.compile(never, re.IGNORECASE)

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        expect: str = "any",
        allow: tuple[int, ...] = (),
        tries: int | None = None,
        keep: bool = True,
    ) -> Page:
        """One page. `expect` is json, html or any; statuses in `allow` are answers, all other errors raise.

        Raises `SourceFailed` with address, finding and advice.
        """
        address = _with_params(url, params)
        if not address.startswith(("http://", "https://")):
            raise SourceFailed(f"{shown(address)}: not a web address. Check koonti.yml.")
        if self._session.refuses(address):
            raise SourceFailed(f"{shown(address)}: an address that is never asked. Check koonti.yml.")
        attempts = tries or self.policy.tries
        for attempt in range(1, attempts + 1):
            try:
                page = self._once(address, expect, allow)
                break
            except TryAgain as again:
                if attempt == attempts:
                    raise SourceFailed(
                        f"{shown(address)}: {again} ({attempts} {'try' if attempts == 1 else 'tries'}). "
                        "The platform may be down; the next run asks again.",
                        status=again.status,
                    ) from None
                wait = again.wait if again.wait is not None else self.policy.backoff * 2 ** (attempt - 1)
                wait = min(wait, self.policy.max_wait)
                again_in = f"trying again in {wait:.0f} s (try {attempt + 1} of {attempts})"
                self._notice(f"{urlsplit(address).path}: {again}; {again_in}")
                self._sleep(wait)
        if keep:
            self.record(page.capture(datetime.now(UTC)))
        return page

    def _once(self, address: str, expect: str, allow: tuple[int, ...], *, anew: bool = False) -> Page:
        self.manners.before(address)
        asking = self.earlier.validators(address) if self.earlier and not anew else {}
        try:
            with self._session.get(address, timeout=self._timeout, stream=True, headers=asking) as answer:
                if answer.status_code == 304 and asking:
                    unchanged = self._unchanged(address, answer)
                    return unchanged or self._once(address, expect, allow, anew=True)
                if answer.status_code in RETRY_STATUSES and answer.status_code not in allow:
                    raise TryAgain(f"HTTP {answer.status_code}", retry_after(answer.headers), status=answer.status_code)
                body = self._body(answer, address)
                page = Page(address, answer.status_code, body, answer.headers.get("Content-Type", ""), answer.headers)
                self._check_redirect(address, answer.url)
        except requests.TooManyRedirects:
            raise SourceFailed(f"{shown(address)}: redirects in a circle. Check the address in koonti.yml.") from None
        except requests.ConnectTimeout:
            raise TryAgain(f"no connection within {self.policy.connect_timeout:g} s") from None
        except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
            raise TryAgain(f"no answer within {self.policy.read_timeout:g} s") from None
        except requests.exceptions.SSLError:
            raise SourceFailed(f"{shown(address)}: its certificate is not valid. Ask the platform.") from None
        except requests.ConnectionError:
            raise TryAgain("the connection failed") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            raise SourceFailed(f"{shown(address)}: not a web address. Check koonti.yml.") from None
        if page.status >= 400 and page.status not in allow:
            raise SourceFailed(f"{shown(address)}: HTTP {page.status}. {_advice(page.status)}", status=page.status)
        self._check_expected(page, expect)
        return page

    def _unchanged(self, address: str, answer: Response) -> Page | None:
        """The earlier answer after a 304; null when it cannot be read any more."""
        known = self.earlier.capture(address) if self.earlier else None
        if known is None:
            return None
        self.not_modified += 1
        headers = {**known.headers, **answer.headers}
        return Page(address, known.status, known.body, known.content_type, headers, not_modified=True)

    def _body(self, answer: Response, address: str) -> bytes:
        """Reads the body within the bounds and undoes its content coding; a short body is a fault."""
        limit, deadline = self.policy.max_bytes, time.monotonic() + self.policy.total_timeout
        parts, size = [], 0
        try:
            for part in answer.raw.stream(65_536, decode_content=False):
                size += len(part)
                if size > limit:
                    raise SourceFailed(
                        f"{shown(address)}: the answer is larger than {limit / 1e6:.0f} MB. "
                        "Raise http.max_bytes in koonti.yml if that is right."
                    )
                if time.monotonic() > deadline:
                    raise TryAgain(f"the answer was not complete within {self.policy.total_timeout:g} s")
                parts.append(part)
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.SSLError):
            raise TryAgain("the answer broke off") from None
        raw = b"".join(parts)
        self.transferred += size
        announced = answer.headers.get("Content-Length", "")
        if announced.isdigit() and len(raw) < int(announced):
            raise TryAgain(f"the answer broke off after {len(raw)} of {announced} bytes")
        return decoded(raw, answer.headers.get("Content-Encoding", ""), limit, shown(address))

    def _check_expected(self, page: Page, expect: str) -> None:
        if expect == "json" and page.status < 400:
            try:
                json.loads(page.body)
            except ValueError:
                if page.body[:1] in (b"{", b"["):
                    raise TryAgain("the JSON is broken or cut short") from None
                raise SourceFailed(
                    f"{shown(page.url)}: expected JSON, got {describe(page)}. "
                    "The platform may be under maintenance, or the address in koonti.yml may be wrong."
                ) from None
        if expect == "html" and page.status < 400 and b"<" not in page.body[:4000]:
            raise SourceFailed(f"{shown(page.url)}: expected an HTML page, got {describe(page)}.")

    def _check_redirect(self, asked: str, landed: str) -> None:
        before, after = urlsplit(asked), urlsplit(landed)
        words = ("login", "signin", "kirjaudu", "logga-in")
        if before.path != after.path and any(w in after.path.lower() for w in words):
            raise SourceFailed(f"{shown(asked)}: the platform asks to log in. Check its token, or ask its operator.")


def _with_params(url: str, params: Mapping[str, Any] | None) -> str:
    if not params:
        return url
    parts = urlsplit(url)
    query = "&".join(q for q in (parts.query, urlencode(params, doseq=True, safe=",:")) if q)
    return urlunsplit(parts._replace(query=query))


def _advice(status: int) -> str:
    if status in (401, 403):
        return "The platform wants a valid key or token; see its entry in koonti.yml."
    if status == 404:
        return "The address does not exist there; check it in koonti.yml."
    return "Ask the platform's operator if it goes on."
