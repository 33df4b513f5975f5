"""Requests as bytes, sent over raw sockets: the client costs next to nothing."""

import json
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bootstrap import ports

_PATIENCE = 60.0
_LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")
#: How many messages were sent to the endpoint, by port.
SENT: Counter[int] = Counter()
_counting = threading.Lock()


@dataclass(frozen=True, slots=True)
class Call:
    """A request, ready to be sent as often as wanted."""

    port: int
    request: bytes

    @classmethod
    def post(cls, port: int, path: str, body: Any, **headers: str) -> "Call":
        """Return a POST of JSON; names of headers are given with underscores."""
        content = json.dumps(body).encode()
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: {ports.HOST}:{port}",
            "Connection: close",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *(f"{name.replace('_', '-')}: {text}" for name, text in headers.items()),
        ]
        return cls(port, "\r\n".join([*lines, "", ""]).encode() + content)

    def send(self) -> tuple[float, bytes]:
        """Send it and return how long the answer took, in seconds, and its body.

        :raise AssertionError: the status is not 200
        """
        seconds, _head, body = self._exchange()
        return seconds, body

    def header(self, name: str) -> str:
        """Send it and return a header of the answer, named in small letters."""
        _seconds, head, _body = self._exchange()
        lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n"))
        return {key.lower(): value for key, _, value in lines}[name]

    def _exchange(self):
        if self.request.startswith(b"POST /mcp "):
            with _counting:
                SENT[self.port] += 1
        begun = time.perf_counter()
        with socket.create_connection((ports.HOST, self.port), _PATIENCE) as wire:
            wire.sendall(self.request)
            # grows in place: with each part copied, large answers would take longer
            received = bytearray()
            # until the answer is whole: the server closes 10 ms later, as werkzeug
            # waits whether the client has more to say
            while not _is_whole(received) and (part := wire.recv(1 << 20)):
                received += part
            seconds = time.perf_counter() - begun
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        assert status == b"200", f"{head.decode('latin-1')}\n{body[:500]!r}"
        return seconds, head, body


def _is_whole(received: bytearray) -> bool:
    """Return whether an answer is as long as it says, or its stream has ended."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(received, 0, end)
    if length is None:
        return received.endswith(b"\r\n0\r\n\r\n")
    return len(received) >= end + 4 + int(length[1])
