"""TCP ports on the loopback interface."""

import contextlib
import socket

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def next_free(first: int) -> int:
    """The first free port from `first` on."""
    return next(port for port in range(first, 65536) if is_free(port))


def any_free() -> int:
    """A free port that the system picks."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
