"""Single values as a client writes them, turned into what a field takes.

Nothing is guessed: a time stands for a moment when there is only one, and whatever does
not fit is answered with what would.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NoReturn

from odoo.api import Environment
from odoo.fields import Field
from odoo.tools import date_utils

from .exceptions import ToolError
from .protocol.errors import quote
from .record_finder import RecordFinder

_SCALARS = {
    "boolean": (bool,),
    "integer": (int,),
    "many2one_reference": (int,),
    "float": (int, float),
    "monetary": (int, float),
    "char": (str,),
    "text": (str,),
    "html": (str,),
}
_EXPECTED = {
    "boolean": "true or false",
    "integer": "a whole number",
    "many2one_reference": "an id",
    "float": "a number",
    "monetary": "a number",
    "char": "text",
    "text": "text",
    "html": "text or HTML",
}
#: What a column of PostgreSQL's type integer holds.
_INTEGERS = range(-(2**31), 2**31)


class FieldValues:
    """Reads the values of one call, as its caller.

    :param finder: of the records that values name
    """

    def __init__(self, env: Environment, finder: RecordFinder):
        self.env = env
        self._finder = finder

    def value(self, field: Field, value: Any) -> Any:
        """Return what the ORM takes for a JSON value.

        :param field: any but one2many and many2many, whose records are more than a
            value
        :raise ToolError: the value does not fit the field
        """
        kind = field.type
        if value is None or (value is False and kind != "boolean"):
            return False
        if kind in _SCALARS:
            return self._scalar(field, value)
        match kind:
            case "many2one":
                return self._finder.record(field.comodel_name, value, field.name)
            case "datetime":
                return self._moment(field, value)
            case "date":
                return self._date(field, value)
            case "selection":
                return self._selection(field, value)
            case "reference":
                return self._reference(field, value)
            case "properties" | "properties_definition":
                return self._properties(field, value)
            case "binary":
                return self._content(field, value)
        return value

    def refuse(self, field: Field, value: Any, expected: str) -> NoReturn:
        """Say that a value does not fit.

        :param expected: what the field takes, in words
        :raise ToolError: always
        """
        raise ToolError(
            self.env._(
                "%(field)s: %(value)s does not fit; it takes %(expected)s.",
                field=field.name,
                value=quote(value),
                expected=expected,
            )
        )

    def _scalar(self, field, value):
        allowed = _SCALARS[field.type]
        fits = isinstance(value, allowed)
        if isinstance(value, bool) and bool not in allowed:
            fits = False
        if field.type in ("integer", "many2one_reference") and fits:
            fits = value in _INTEGERS
        if not fits:
            self.refuse(field, value, _EXPECTED[field.type])
        return value

    def _moment(self, field, value):
        if not isinstance(value, str):
            self.refuse(field, value, self.env._("text such as '2026-01-31 14:00'"))
        if len(value) == len("2026-01-31"):
            self.refuse(
                field, value, self.env._("a date and a time: '2026-01-31 14:00'")
            )
        stored = self.env["mcp.tool"]._stored_moment(field.name, value)
        try:
            return field.to_datetime(stored)
        except (ValueError, TypeError):
            self.refuse(field, value, self.env._("text such as '2026-01-31 14:00'"))

    def _date(self, field, value):
        try:
            return date_utils.parse_iso_date(value).isoformat()[:10]
        except (ValueError, TypeError, AttributeError):
            self.refuse(field, value, self.env._("text such as '2026-01-31'"))

    def _selection(self, field, value):
        options = dict(field._description_selection(self.env))
        # text, or a number in disguise: nothing else is a value of a selection
        if isinstance(value, str | int) and value in options:
            return value
        by_label = [
            key
            for key, shown in options.items()
            if isinstance(value, str) and shown.lower() == value.lower()
        ]
        if len(by_label) == 1:
            return by_label[0]
        choices = ", ".join(f"{key} ({shown})" for key, shown in options.items())
        self.refuse(field, value, self.env._("one of %s", choices))

    def _properties(self, field, value):
        """Return the values of properties by name: plain ones, they have no field."""
        plain = isinstance(value, Mapping) and not any(
            isinstance(member, Mapping)
            or (isinstance(member, list) and any(map(_is_nested, member)))
            for member in value.values()
        )
        if not plain:
            self.refuse(field, value, self.env._("an object of names and values"))
        return dict(value)

    def _reference(self, field, value):
        model, _comma, id_ = (
            value.partition(",") if isinstance(value, str) else ("",) * 3
        )
        if not id_.isdigit():
            self.refuse(field, value, self.env._("a model and an id: 'res.partner,7'"))
        self._finder.record(
            self.env["mcp.tool"]._target_model(model)._name, int(id_), field.name
        )
        return value

    def _content(self, field, value):
        if isinstance(value, Mapping) and set(value) == {"text"}:
            value = base64.b64encode(str(value["text"]).encode()).decode()
        try:
            content = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            self.refuse(field, value, self.env._('base64, or {"text": "…"}'))
        # raw is the one binary field that takes its content as it is
        return content if field.name == "raw" else value


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | list)
