"""Search domains that came from a client, checked before Odoo sees them.

Odoo's parser trusts its caller: it lowers operators after looking for the internal
ones that bypass record rules, and knows no limits. Here a domain is read by its
grammar, with an allow-list, and everything else is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from odoo.api import Environment

from .exceptions import ToolError
from .protocol.errors import quote

#: Bounds of one domain: conditions, ``any`` inside of ``any``, dots of a path, and
#: values of a list.
MAX_LEAVES = 200
MAX_NESTED = 4
MAX_HOPS = 4
MAX_VALUES = 1000

OPERATORS = frozenset(
    {
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "in",
        "not in",
        "like",
        "not like",
        "ilike",
        "not ilike",
        "=like",
        "not =like",
        "=ilike",
        "not =ilike",
        "child_of",
        "parent_of",
        "any",
        "not any",
    }
)
_NESTING = frozenset({"any", "not any"})
_LISTED = frozenset({"in", "not in", "child_of", "parent_of"})
_ARITY = {"&": 2, "|": 2, "!": 1}
_CONSTANTS = ([1, "=", 1], [0, "=", 1])


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition, with the path of ``any`` fields that lead to it."""

    field: str
    operator: str
    value: Any
    within: tuple[str, ...] = ()


class DomainFence:
    """Reads domains for one caller, whose language its errors are in."""

    def __init__(self, env: Environment):
        self.env = env

    def check(self, domain: list) -> list[Leaf]:
        """Return the conditions of *domain*; it is then safe to hand to Odoo.

        Whether the fields exist and may be seen is not checked here.

        :param domain: as decoded from JSON
        :raise ToolError: it is malformed, too large, or uses what clients may not use
        """
        leaves = []
        for leaf in self._leaves(domain, ()):
            if len(leaves) == MAX_LEAVES:
                raise ToolError(
                    self.env._(
                        "The domain has more than %s conditions: narrow it.", MAX_LEAVES
                    )
                )
            leaves.append(leaf)
        return leaves

    def _leaves(self, domain: Any, within: tuple[str, ...]) -> Iterator[Leaf]:
        if not isinstance(domain, list):
            raise ToolError(
                self.env._(
                    "A domain is a list of conditions like %(example)s, not %(value)s.",
                    example='[["name", "ilike", "azure"]]',
                    value=quote(domain),
                )
            )
        if len(within) > MAX_NESTED:
            raise ToolError(
                self.env._("The domain nests “any” more than %s times.", MAX_NESTED)
            )
        # Polish notation, read from its end: each operator takes what follows it.
        operands = 0
        for term in reversed(domain):
            if isinstance(term, str):
                if term not in _ARITY:
                    raise ToolError(
                        self.env._(
                            "%s can't stand between conditions: use '&', '|' or '!' "
                            "before the conditions that it joins.",
                            quote(term),
                        )
                    )
                if operands < _ARITY[term]:
                    raise ToolError(
                        self.env._(
                            "'%(operator)s' needs %(count)s conditions after it.",
                            operator=term,
                            count=_ARITY[term],
                        )
                    )
                operands -= _ARITY[term] - 1
            else:
                operands += 1
                yield from self._leaf(term, within)

    def _leaf(self, term: Any, within: tuple[str, ...]) -> Iterator[Leaf]:
        if not (isinstance(term, list) and len(term) == 3):
            raise ToolError(
                self.env._(
                    "%s is no condition: write [field, operator, value].",
                    quote(term),
                )
            )
        if term in _CONSTANTS:
            return
        field, operator, value = term
        if not isinstance(field, str):
            raise ToolError(self.env._("%s is not a field name.", quote(field)))
        if field.count(".") >= MAX_HOPS:
            raise ToolError(
                self.env._(
                    "%(field)s follows more than %(limit)s relations.",
                    field=quote(field),
                    limit=MAX_HOPS,
                )
            )
        if not (isinstance(operator, str) and operator in OPERATORS):
            raise ToolError(
                self.env._(
                    "Unknown operator %(operator)s. Allowed are %(allowed)s.",
                    operator=quote(operator),
                    allowed=", ".join(sorted(OPERATORS)),
                )
            )
        yield Leaf(field, operator, value, within)
        if operator in _NESTING:
            yield from self._leaves(value, (*within, field))
        else:
            self._check_value(field, operator, value)

    def _check_value(self, field: str, operator: str, value: Any) -> None:
        values = value if isinstance(value, list) else [value]
        if isinstance(value, list) and operator not in _LISTED:
            raise ToolError(
                self.env._(
                    "%(field)s: the operator %(operator)s takes one value; use 'in' "
                    "for several.",
                    field=quote(field),
                    operator=quote(operator),
                )
            )
        if len(values) > MAX_VALUES:
            raise ToolError(
                self.env._(
                    "%(field)s: a list in a domain has at most %(limit)s values.",
                    field=quote(field),
                    limit=MAX_VALUES,
                )
            )
        for item in values:
            if isinstance(item, list | dict):
                raise ToolError(
                    self.env._(
                        "%(field)s can't be compared with a list or an object.",
                        field=quote(field),
                    )
                )
