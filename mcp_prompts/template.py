"""Texts with placeholders: ``{name}`` stands for a value, ``{{`` and ``}}`` for braces.

Plain Python. A template is read once from left to right, and what is put in is not read
again: a value that looks like a placeholder stays text. There are no expressions, no
attributes and no formats, so that nothing can be reached through a template.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: What arguments may be called.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class TemplateError(ValueError):
    """A text that is no template.

    :ivar position: where, in characters from the beginning
    :ivar found: the text that is wrong
    """

    def __init__(self, position: int, found: str):
        super().__init__(f"{found!r} at {position}")
        self.position = position
        self.found = found


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a value belongs."""

    name: str


def parse(text: str) -> tuple[str | Placeholder, ...]:
    """Return the parts of a template: texts as they are shown, and placeholders.

    >>> parse("Dear {who}, {{really}}")
    ('Dear ', Placeholder(name='who'), ', {really}')

    :raise TemplateError: a brace that is alone, or a placeholder without a proper name
    """
    parts: list[str | Placeholder] = []
    literal, end = "", 0
    for match in _PART.finditer(text):
        literal += text[end : match.start()]
        end = match.end()
        found = match[0]
        if found in ("{{", "}}"):
            literal += found[0]
        elif match[1] is not None and NAME.fullmatch(match[1]):
            if literal:
                parts.append(literal)
            parts.append(Placeholder(match[1]))
            literal = ""
        else:
            raise TemplateError(match.start(), found)
    literal += text[end:]
    if literal:
        parts.append(literal)
    return tuple(parts)


def names(text: str) -> frozenset[str]:
    """Return the names of the placeholders in *text*.

    :raise TemplateError: as :func:`parse`
    """
    return frozenset(part.name for part in parse(text) if isinstance(part, Placeholder))


def render(
    text: str,
    values: Mapping[str, str],
    quote: Callable[[str], str] = str,
) -> str:
    """Return *text* with the values in their places.

    >>> render("{a} and {b}", {"a": "{b}", "b": "2"})
    '{b} and 2'

    :param values: by name; one that is missing leaves its place empty
    :param quote: how each value is written
    :raise TemplateError: as :func:`parse`
    """
    return "".join(
        quote(values.get(part.name, "")) if isinstance(part, Placeholder) else part
        for part in parse(text)
    )


def length(text: str, values: Mapping[str, str]) -> int:
    """Return how many characters :func:`render` would return, without making them.

    >>> length("{a} and {b}", {"a": "{b}", "b": "2"})
    9

    :raise TemplateError: as :func:`parse`
    """
    return sum(
        len(values.get(part.name, "") if isinstance(part, Placeholder) else part)
        for part in parse(text)
    )


def escape(text: str) -> str:
    """Return the template that renders as *text*, whatever the values.

    >>> escape("{a}")
    '{{a}}'
    """
    return text.replace("{", "{{").replace("}", "}}")
