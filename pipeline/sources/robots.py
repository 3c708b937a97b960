"""What robots.txt of each host allows (RFC 9309), read once per host with the client's own session."""

from urllib.parse import urlsplit

import requests
import urllib3
from protego import Protego

from pipeline.sources.errors import SourceFailed

LARGEST = 500_000
"""Bytes of robots.txt that are read, as RFC 9309 §2.5 asks."""


class Robots:
    """Rules of the hosts one client talks to."""

    def __init__(self, session: requests.Session, user_agent: str, timeout: tuple[float, float]) -> None:
        self._session = session
        self._agent = user_agent
        self._timeout = timeout
        self._rules: dict[str, Protego | None] = {}

    def check(self, address: str) -> float:
        """Raises `SourceFailed` when the address is forbidden; returns the Crawl-delay in seconds, 0 for none."""
        parts = urlsplit(address)
        if parts.netloc not in self._rules:
            self._rules[parts.netloc] = self._read(f"{parts.scheme}://{parts.netloc}/robots.txt")
        rules = self._rules[parts.netloc]
        if rules is None:
            return 0.0
        if not rules.can_fetch(address, self._agent):
            raise SourceFailed(
                f"{parts.scheme}://{parts.netloc}{parts.path}: robots.txt of the platform forbids it. "
                "Ask its operator for leave or for a feed."
            )
        return float(rules.crawl_delay(self._agent) or 0.0)

    def _read(self, url: str) -> Protego | None:
        """4xx means no rules; a host that cannot answer at all will fail on the page itself, with its reason."""
        try:
            with self._session.get(url, timeout=self._timeout, stream=True) as answer:
                if answer.status_code != 200 or "html" in answer.headers.get("Content-Type", ""):
                    return None
                return Protego.parse(answer.raw.read(LARGEST, decode_content=True).decode("utf-8", "replace"))
        except (requests.RequestException, urllib3.exceptions.HTTPError):
            return None
