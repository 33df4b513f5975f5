"""Severities of log messages to the client (utilities, "Logging"; RFC 5424)."""

#: From the most talkative to the most severe.
LEVELS = (
    "debug",
    "info",
    "notice",
    "warning",
    "error",
    "critical",
    "alert",
    "emergency",
)


def passes(level: str, wanted: str | None) -> bool:
    """Return whether a message of *level* goes to a client that wants *wanted*.

    :param wanted: the least severe level to send, ``None`` for none at all
    """
    return wanted in LEVELS and LEVELS.index(level) >= LEVELS.index(wanted)
