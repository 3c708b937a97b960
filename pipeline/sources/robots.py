"""What robots.txt of each host allows (RFC 9309), read once per host with the client's own session."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3
from protego import Protego

from pipeline.sources.errors import SourceFailed
from pipeline.sources.wire import Session, TryAgain, retry_after

LARGEST = 500_000
"""Bytes of robots.txt that are read, as RFC 9309 §2.5 asks."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of a host, and the seconds it wants between two requests."""

    rules: Protego
    delay: float


class Robots:
    """Rules of the hosts one client talks to."""

    def __init__(
        self,
        session: Session,
        user_agent: str,
        timeout: tuple[float, float],
        asking: Callable[[str], None] = lambda address: None,
    ) -> None:
        self._session = session
        self._agent = re.split(r"[/\s]", user_agent)[0]  # rules name the product alone (RFC 9309 §2.2.1)
        self._timeout = timeout
        self._asking = asking
        """Called with the address before robots.txt itself is asked for."""
        self._hosts: dict[str, _Rules | None] = {}

    def check(self, address: str) -> float:
        """Returns the seconds that the host wants between requests; raises `SourceFailed` for a forbidden address.

        Raises `TryAgain` when robots.txt cannot be read just now: nothing may be asked as long as that lasts
        (RFC 9309 §2.3.1.4).
        """
        parts = urlsplit(address)
        if parts.netloc not in self._hosts:
            self._hosts[parts.netloc] = self._read(f"{parts.scheme}://{parts.netloc}/robots.txt")
        found = self._hosts[parts.netloc]
        if found is None:
            return 0.0
        if not found.rules.can_fetch(address, self._agent):
            raise SourceFailed(
                f"{parts.scheme}://{parts.netloc}{parts.path}: robots.txt of the platform forbids it. "
                "Ask its operator for leave or for a feed."
            )
        return found.delay

    def _read(self, url: str) -> _Rules | None:
        """The rules; null when the host has none (4xx)."""
        followed, self._session.following = self._session.following, self._asking
        self._asking(url)
        try:
            with self._session.get(url, timeout=self._timeout, stream=True) as answer:
                if answer.status_code == 429 or answer.status_code >= 500:
                    wait = retry_after(answer.headers)
                    raise TryAgain(f"HTTP {answer.status_code} for its robots.txt", wait, status=answer.status_code)
                if answer.status_code != 200:
                    return None
                text = answer.raw.read(LARGEST, decode_content=True).decode("utf-8", "replace")
        except requests.TooManyRedirects:
            return None
        except requests.ConnectTimeout:
            raise TryAgain(f"no connection within {self._timeout[0]:g} s") from None
        except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
            raise TryAgain(f"no answer within {self._timeout[1]:g} s") from None
        except (requests.ConnectionError, urllib3.exceptions.HTTPError):
            raise TryAgain("the connection failed") from None
        except requests.RequestException:
            return None  # an address that is none fails on the page itself, with its reason
        finally:
            self._session.following = followed
        rules = Protego.parse(text)
        rate = rules.request_rate(self._agent)
        wanted = [float(rules.crawl_delay(self._agent) or 0.0)]
        wanted += [rate.seconds / rate.requests] if rate and rate.requests else []
        return _Rules(rules, max(wanted))
