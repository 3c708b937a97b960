"""A small local web server on loopback for the invented platforms, with faults that can be switched on.

A platform is a `Site`: routes from path patterns to functions that give a `Reply`. Threads serve requests, so
a hanging answer never blocks the others. Faults are what real platforms do at night: resets, hangs, truncated
bodies, HTML errors where JSON belongs.
"""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What a route is given."""

    path: str
    groups: tuple[str, ...]
    """The parts of the path that the pattern caught."""
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]

    def first(self, key: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(key, [default])[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers."""

    body: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """What goes wrong, for the next `times` requests whose path matches `path` (a regular expression)."""

    kind: str
    """status, reset, hang, truncate, html or junk."""
    path: str = ".*"
    times: int = 1_000_000
    status: int = 503
    retry_after: str | None = None
    seconds: float = 30.0


Route = Callable[[Request], Reply]


class Site:
    """Routes of one platform. `asked` remembers the paths in order, for tests of politeness."""

    def __init__(self) -> None:
        self._routes: list[tuple[re.Pattern[str], Route]] = []
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self._lock = threading.Lock()

    def route(self, pattern: str, handler: Route) -> None:
        """Adds a route; `pattern` must match the whole path."""
        self._routes.append((re.compile(pattern), handler))

    def answer(self, request_path: str, headers: Mapping[str, str]) -> tuple[Reply, Fault | None]:
        """The reply to a GET, and the fault to commit on the way, if one is due."""
        parts = urlsplit(request_path)
        path = unquote(parts.path)
        with self._lock:
            self.asked.append(request_path)
            self.agents.add(headers.get("User-Agent", ""))
            fault = next((f for f in self.faults if f.times > 0 and re.search(f.path, request_path)), None)
            if fault:
                fault.times -= 1
        if fault and fault.kind == "status":
            extra = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            page = f"<html><body><h1>{fault.status}</h1></body></html>".encode()
            return Reply(page, "text/html", fault.status, extra), None
        if fault and fault.kind == "html":
            return Reply(b"<!DOCTYPE html><html><body>Huoltokatko</body></html>", "text/html"), None
        if fault and fault.kind == "junk":
            return Reply(b"\x00\xff\xfe" * 1000, "application/octet-stream"), None
        for pattern, handler in self._routes:
            if match := pattern.fullmatch(path):
                request = Request(path, match.groups(), parse_qs(parts.query, keep_blank_values=True), headers)
                return handler(request), fault
        return Reply(b'{"errorMessage":"Not found."}', status=404), fault


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            reply, fault = site.answer(self.path, self.headers)  # type: ignore[arg-type]
            if fault and fault.kind == "hang":
                time.sleep(fault.seconds)
                self.close_connection = True
                return
            if fault and fault.kind == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            cut = bool(fault and fault.kind == "truncate")
            if cut:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) // 2] if cut else reply.body)

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError, OSError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: the pipeline tells what happens."""

    return Handler


@contextmanager
def serving(site: Site, port: int = 0) -> Iterator[str]:
    """Serves the site on loopback while the block runs; gives its base address without a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(site))
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
