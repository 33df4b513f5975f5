"""Conditions on events as people write them into a form.

Plain Python. Nothing is evaluated here: a condition is a literal, and what may stand in
it is for the form to say.
"""

import ast
import re
from typing import Any

_SEPARATORS = re.compile(r"[\s,;]+")


def words(text: str | bool) -> list[str]:
    """Return the names that stand in a text, with commas or spaces between them.

    >>> words("res.partner, sale.order"), words(False)
    (['res.partner', 'sale.order'], [])

    :param text: the value of a field, ``False`` for an empty one
    """
    return [word for word in _SEPARATORS.split(text or "") if word]


def literal(text: str | bool) -> Any:
    """Return the domain that a text is, still to be checked: any Python literal.

    >>> literal('[("tool", "=", "write")]'), literal("")
    ([('tool', '=', 'write')], [])

    :param text: the value of a field, ``False`` for an empty one
    :raise ValueError: it is no literal
    """
    try:
        return ast.literal_eval((text or "").strip() or "[]")
    except (
        MemoryError,  # nested too deep for the parser
        RecursionError,
        SyntaxError,
        TypeError,
    ) as error:
        raise ValueError("no literal") from error
