"""What an administrator may set: the names, bounds and defaults, in one table.

Values are system parameters. One that somebody wrote there by hand and that makes no
sense counts as not set: a request is no place to complain about it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s,]+")
_PREFIX = "mcp_core."


@dataclass(frozen=True, slots=True)
class Number:
    """A setting that is an integer within bounds, both of them included."""

    default: int
    minimum: int
    maximum: int

    def parse(self, value: str | bool) -> int:
        """Return the number that the parameter's text stands for."""
        text = str(value or "").strip()
        number = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
        if number is None or not self.minimum <= number <= self.maximum:
            return self.default
        return number


#: In bytes, seconds, minutes or entries: the name says which.
NUMBERS: Mapping[str, Number] = {
    "request_bytes": Number(4 * 1024 * 1024, 64 * 1024, 64 * 1024 * 1024),
    "session_ttl_minutes": Number(24 * 60, 5, 365 * 24 * 60),
    "page_size": Number(100, 1, 1000),
    "answer_records": Number(1000, 1, 10_000),
    "answer_bytes": Number(90_000, 2_000, 16 * 1024 * 1024),
    "statement_timeout_seconds": Number(30, 1, 3600),
    "lock_timeout_seconds": Number(5, 1, 600),
}
#: Words separated by spaces, commas or lines.
LISTS = frozenset({"allowed_origins", "allowed_hosts"})
#: Set to "0" to switch off.
SWITCHES = frozenset({"enabled"})


def parameter(name: str) -> str:
    """Return the key of the system parameter that keeps the setting *name*."""
    if name in NUMBERS or name in LISTS or name in SWITCHES:
        return _PREFIX + name
    raise KeyError(name)


def read(name: str, value: str | bool) -> int | bool | frozenset[str]:
    """Return what the text of a parameter stands for.

    :param value: ``False`` where the parameter is not set
    :return: a number, a switch, or the words of a list in lower case
    """
    if number := NUMBERS.get(name):
        return number.parse(value)
    if name in SWITCHES:
        return value != "0"
    return frozenset(_SEPARATORS.split(str(value or "").lower())) - {""}
