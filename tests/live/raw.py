"""HTTP byte by byte, for what no client library would send."""

import json
import re
import socket
from urllib.parse import urlsplit

import httpx
from endpoint import PATIENCE


def exchange(url, *chunks, end=False):
    """Send bytes as they are and return the answer, read to its end.

    :param end: whether to close our half afterwards: nothing more will come
    """
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), PATIENCE) as wire:
        for chunk in chunks:
            wire.sendall(chunk)
        if end:
            wire.shutdown(socket.SHUT_WR)
        received = b""
        while (part := wire.recv(65536)) and not _is_whole(received := received + part):
            pass
    return _parse(received)


def request_head(endpoint, *headers, verb="POST", target="/mcp", host=None):
    """Return request line and headers, the ones of a good client first.

    :param headers: further ones, ``b"Name: value"``
    :param host: instead of the right one
    """
    if host is None:
        host = urlsplit(endpoint.url).netloc.encode()
    good = {**endpoint.headers(), "host": host.decode("latin-1")}
    lines = [f"{verb} {target} HTTP/1.1".encode()]
    lines += [f"{name}: {value}".encode("latin-1") for name, value in good.items()]
    return b"\r\n".join([*lines, *headers, b"Connection: close", b"", b""])


def whole_request(endpoint, message, **changes):
    """Return a POST of *message* as one piece of bytes.

    :param changes: of the headers, as :meth:`Endpoint.headers` takes them
    """
    body = json.dumps(message).encode()
    headers = {
        **endpoint.headers(**changes),
        "host": urlsplit(endpoint.url).netloc,
        "content-length": str(len(body)),
    }
    lines = ["POST /mcp HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _is_whole(received):
    """Return whether the body is as long as announced: some servers close late."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    return bool(end and length and len(body) >= int(length[1]))


def _parse(received):
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    return httpx.Response(int(status.split()[1]), headers=headers, content=body)
