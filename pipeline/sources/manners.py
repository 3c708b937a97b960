"""How a host is treated: what may not be asked of it, and how far apart requests to it are.

It holds for every request, also for those that a redirect leads to. One client asks one thing at a time, so there is
never more than one request under way to a host. When a host was asked last is known across all sources: two calendars
on one host do not ask it twice as often.
"""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from pipeline.sources.errors import SourceFailed
from pipeline.sources.robots import Robots
from pipeline.sources.wire import Session

_LAST: dict[str, float] = {}
"""Host -> the moment at which it was asked last."""
_LOCK = threading.Lock()


class Manners:
    """The manners of one client."""

    def __init__(
        self,
        session: Session,
        user_agent: str,
        timeout: tuple[float, float],
        *,
        pace: float,
        longest: float,
        obey_robots: bool,
        sleep: Callable[[float], None],
    ) -> None:
        self.forbid: Callable[[str], str | None] = lambda address: None
        """Why an address may not be fetched (its operator opted out); null when it may."""
        self.requests = 0
        """All requests, robots.txt and the steps of redirects among them."""
        self._pace = pace
        self._longest = longest
        """Longest distance that a robots.txt is given."""
        self._sleep = sleep
        self._delays: dict[str, float] = {}
        self._robots = Robots(session, user_agent, timeout, self._asking) if obey_robots else None
        session.following = self.before

    def before(self, address: str) -> None:
        """Waits until the host may be asked; raises `SourceFailed` when the address may not be asked at all, and
        `TryAgain` when the host's robots.txt cannot be read."""
        if reason := self.forbid(address):
            raise SourceFailed(reason)
        if self._robots:
            self._delays[urlsplit(address).netloc] = min(self._robots.check(address), self._longest)
        self._asking(address)

    def _asking(self, address: str) -> None:
        """Counts a request, and keeps its distance to the one before."""
        host = urlsplit(address).netloc
        pace = max(self._pace, self._delays.get(host, 0.0))
        with _LOCK:
            now = time.monotonic()
            turn = max(now, _LAST.get(host, -1e9) + pace) if pace else now
            _LAST[host] = turn
        if turn > now:
            self._sleep(turn - now)
        self.requests += 1
