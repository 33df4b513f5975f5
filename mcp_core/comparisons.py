"""Which values a field of a kind may be compared with, decided before Odoo tries.

Odoo and PostgreSQL refuse what does not fit too, but late and loudly: with an error in
the server's log that repeats the client's text, or by ignoring the condition.
"""

from typing import Any

#: 32-bit columns overflow long before, but as a comparison only.
_NUMBER_MAX = 1e18
_ORDERING = frozenset({"<", "<=", ">", ">="})
_PATTERNS = frozenset(
    {"like", "ilike", "=like", "=ilike"}
    | {"not like", "not ilike", "not =like", "not =ilike"}
)
#: The operators that follow parents.
HIERARCHY = frozenset({"child_of", "parent_of"})

_KINDS = {
    **dict.fromkeys(("integer", "float", "monetary", "many2one_reference"), "number"),
    **dict.fromkeys(("char", "text", "html", "selection", "reference"), "text"),
    **dict.fromkeys(("date", "datetime"), "moment"),
    "boolean": "boolean",
    "many2one": "record",
    **dict.fromkeys(("one2many", "many2many"), "records"),
    "binary": "content",
}

_EXPECTED = {
    "number": "numbers",
    "text": "text",
    "moment": "dates such as '2026-01-31' or '2026-01-31 14:00:00'",
    "boolean": "true and false",
    "record": "ids, names and false",
    "records": "ids, names and false",
    "content": "false: there is content, or there is not",
    "pattern": "text that does not end with a backslash, by this operator",
    "hierarchy": "ids and names, by this operator",
}


def expected(field_type: str, operator: str, values: list[Any]) -> str | None:
    """Return what would fit where *values* do not, ``None`` where all of them do.

    :param field_type: as Odoo calls it; a part of a date is an ``"integer"``
    :param operator: one that clients may use, other than ``any`` and ``not any``
    """
    kind = _KINDS.get(field_type)
    if kind == "content":
        fits = operator in ("=", "!=", "in", "not in") and not any(values)
        return None if fits else _EXPECTED["content"]
    if operator in _PATTERNS:
        fits = all(_is_pattern(value) for value in values)
        return None if fits else _EXPECTED["pattern"]
    if operator in HIERARCHY:
        fits = all(_is_id(value) or _is_name(value) for value in values)
        return None if fits else _EXPECTED["hierarchy"]
    if kind is None:
        return None
    ordering = operator in _ORDERING
    if ordering and kind == "records":
        return _EXPECTED["records"]
    fits = all(_fits(kind, value, ordering=ordering) for value in values)
    return None if fits else _EXPECTED[kind]


def _fits(kind: str, value: Any, *, ordering: bool) -> bool:
    if value is None or value is False:
        # "not set", which is before or after nothing
        return not ordering or (kind == "boolean" and value is False)
    if kind == "number":
        return _is_number(value)
    if kind == "boolean":
        return isinstance(value, bool) or value in (0, 1)
    if kind in ("record", "records"):
        return _is_id(value) or (_is_name(value) and not ordering)
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and abs(value) <= _NUMBER_MAX


def _is_pattern(value: Any) -> bool:
    """Return whether a value is text in which each escape has something to escape."""
    if not isinstance(value, str):
        return False
    backslashes = len(value) - len(value.rstrip("\\"))
    return backslashes % 2 == 0


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""
