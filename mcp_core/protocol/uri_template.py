"""URI templates (RFC 6570) in both directions, as far as resources need them.

Level 1: ``{name}`` stands for one or more characters other than ``/``, ``?`` and
``#``; whatever else a value holds is percent-encoded. ``{+name}`` (level 2) may span
slashes.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

_EXPRESSION = re.compile(r"\{(\+?)([A-Za-z_][A-Za-z0-9_]*)\}")
_RESERVED = ":/?#[]@!$&'()*+,;="


class InvalidTemplate(ValueError):
    """A template that is not of the supported form, with the reason."""


class UriTemplate:
    """One parsed template.

    >>> template = UriTemplate("odoo://record/{model}/{id}")
    >>> template.match("odoo://record/res.partner/7")
    {'model': 'res.partner', 'id': '7'}
    >>> template.expand({"model": "res.partner", "id": "7"})
    'odoo://record/res.partner/7'
    >>> template.match("odoo://record/7") is None
    True
    """

    def __init__(self, text: str):
        """Parse a template.

        :raise InvalidTemplate: an expression is malformed, or a variable repeated
        """
        self.text = text
        pattern, position, variables = "", 0, []
        for expression in _EXPRESSION.finditer(text):
            literal = text[position : expression.start()]
            pattern += self._literal(literal)
            operator, name = expression.groups()
            if name in variables:
                raise InvalidTemplate(f"the variable {name} occurs twice")
            variables.append(name)
            pattern += f"(?P<{name}>{'[^?#]+' if operator else '[^/?#]+'})"
            position = expression.end()
        pattern += self._literal(text[position:])
        self.variables = tuple(variables)
        self._pattern = re.compile(pattern)

    @staticmethod
    def _literal(text: str) -> str:
        if "{" in text or "}" in text:
            raise InvalidTemplate("an expression must look like {name} or {+name}")
        return re.escape(text)

    def match(self, uri: str) -> dict[str, str] | None:
        """Return the decoded values of the variables in *uri*, ``None`` for no match.

        A value that once decoded is not valid UTF-8, or holds NUL, is no match.
        """
        match = self._pattern.fullmatch(uri)
        if match is None:
            return None
        try:
            values = {
                name: unquote(value, errors="strict")
                for name, value in match.groupdict().items()
            }
        except UnicodeDecodeError:
            return None
        return None if any("\0" in value for value in values.values()) else values

    def expand(self, values: Mapping[str, str]) -> str:
        """Return the URI with all variables replaced.

        :raise KeyError: a variable has no value
        """
        return _EXPRESSION.sub(
            lambda expression: quote(
                values[expression[2]], safe=_RESERVED if expression[1] else ""
            ),
            self.text,
        )


@lru_cache(maxsize=512)
def parsed(text: str) -> UriTemplate:
    """Return the parsed template *text*, remembered."""
    return UriTemplate(text)
