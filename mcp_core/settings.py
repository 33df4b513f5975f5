"""What an administrator may set: the names, bounds and defaults, in tables.

This addon has one; another one that has settings makes its own and adds it to
``_settings`` of ``mcp.server``. Names are unique over all of them. Values are system
parameters. One that somebody wrote there by hand and that makes no sense counts as not
set: a request is no place to complain about it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: What may stand between the words of a list.
SEPARATORS = re.compile(r"[\s,]+")


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


@dataclass(frozen=True, slots=True)
class Table:
    """The settings of one addon.

    :param prefix: of their system parameters, ``"mcp_core."``
    :param numbers: in what the name says, such as bytes, seconds or entries
    :param lists: words separated by spaces, commas or lines
    :param switches: by name whether they are on where nobody said anything
    :param choices: by name the words to choose from, the default first
    """

    prefix: str
    numbers: Mapping[str, Number] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    switches: Mapping[str, bool] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of all settings."""
        return [*self.switches, *self.choices, *self.numbers, *sorted(self.lists)]

    @property
    def parameters(self) -> list[str]:
        """The keys of all system parameters that keep the settings."""
        return [self.parameter(name) for name in self.names]

    def __contains__(self, name: str) -> bool:
        return (
            name in self.numbers
            or name in self.switches
            or name in self.lists
            or name in self.choices
        )

    def parameter(self, name: str) -> str:
        """Return the key of the system parameter that keeps the setting *name*.

        :raise KeyError: there is no such setting
        """
        if name not in self:
            raise KeyError(name)
        return self.prefix + name

    def parse(self, name: str, value: str | bool) -> int | bool | str | frozenset[str]:
        """Return what the text of a parameter stands for.

        :param value: ``False`` where the parameter is not set
        :return: a number, a switch, a choice, or the words of a list in lower case
        """
        if number := self.numbers.get(name):
            return number.parse(value)
        if name in self.switches:
            # only the word for the other state counts
            return value != "0" if self.switches[name] else value == "1"
        if words := self.choices.get(name):
            return value if value in words else words[0]
        return frozenset(SEPARATORS.split(str(value or "").lower())) - {""}


TABLE = Table(
    prefix="mcp_core.",
    numbers={
        "request_bytes": Number(4 * 1024 * 1024, 64 * 1024, 64 * 1024 * 1024),
        "session_ttl_minutes": Number(24 * 60, 5, 365 * 24 * 60),
        "page_size": Number(100, 1, 1000),
        "answer_records": Number(1000, 1, 10_000),
        "answer_bytes": Number(90_000, 2_000, 16 * 1024 * 1024),
        "statement_timeout_seconds": Number(30, 1, 3600),
        "lock_timeout_seconds": Number(5, 1, 600),
    },
    lists=frozenset({"allowed_origins", "allowed_hosts"}),
    switches={"enabled": True},
)
