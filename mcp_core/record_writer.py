"""Values as a client writes them, turned into what the ORM takes.

Nothing is guessed: a name stands for a record when it is the only one, a time for a
moment when there is only one, and whatever else does not fit is answered with what
would.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from odoo import Command
from odoo.api import Environment
from odoo.fields import Field
from odoo.models import BaseModel
from odoo.tools import date_utils

from .exceptions import ToolError
from .fences import SECRET_FIELDS, is_fenced
from .protocol.errors import quote

#: How many records a name is answered with that fits several.
_CANDIDATES = 5
#: The most related records that one field may be given at once.
_RELATED_MAX = 1000
_NESTED_MAX = 3

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


class RecordWriter:
    """Reads values for one call, as its caller.

    :ivar warnings: what the caller should know although nothing is wrong
    """

    def __init__(self, env: Environment):
        self.env = env
        self.warnings: list[str] = []

    def values(
        self, model: BaseModel, given: Mapping[str, Any], nested: int = 0
    ) -> dict[str, Any]:
        """Return the values for ``create`` or ``write`` of *model*.

        :param given: JSON values by field name
        :raise ToolError: a name is no field that the caller may write, or a value does
            not fit its field
        """
        return {
            name: self._value(model, self._field(model, name), value, nested)
            for name, value in given.items()
        }

    def _field(self, model, name):
        tools = self.env["mcp.tool"]
        field = model._fields.get(name)
        if field is None or not model._has_field_access(field, "write"):
            if field is None or not model._has_field_access(field, "read"):
                # says what is near
                tools._target_field(model, name)
            raise ToolError(
                self.env._(
                    "%(field)s of %(model)s is nothing that you may write.",
                    field=quote(name),
                    model=model._name,
                )
            )
        if name in ("id", "create_uid", "create_date", "write_uid", "write_date"):
            raise ToolError(self.env._("%s is kept by Odoo itself.", name))
        if (model._name, name) in SECRET_FIELDS:
            raise ToolError(
                self.env._(
                    "%s can't be written here: a password has no place in a "
                    "conversation. Set it on Odoo's own screens.",
                    name,
                )
            )
        if field.relational and is_fenced(field.comodel_name):
            # refuses it with the reason
            tools._target_model(field.comodel_name)
        if field.compute and field.readonly and not field.inverse:
            raise ToolError(
                self.env._(
                    "%(field)s of %(model)s is computed: change what it is computed "
                    "from instead.",
                    field=name,
                    model=model._name,
                )
            )
        if field.name == "state" and field.readonly:
            self.warnings.append(
                self.env._(
                    "state of %s is usually changed by a button, which does more than "
                    "that: see list_actions.",
                    model._name,
                )
            )
        return field

    def _value(self, model, field, value, nested):
        kind = field.type
        if kind in ("one2many", "many2many"):
            return self._related_records(field, value, nested)
        if value is None:
            return False
        if kind == "many2one":
            return self.record(field.comodel_name, value, field.name)
        if value is False and kind != "boolean":
            return False
        if kind in _SCALARS:
            return self._scalar(field, value)
        if kind == "datetime":
            return self._moment(field, value)
        if kind == "date":
            return self._date(field, value)
        if kind in ("selection", "reference"):
            if kind == "reference":
                return self._reference(field, value)
            return self._selection(field, value)
        if kind == "binary":
            return self._content(field, value)
        return value

    def _scalar(self, field, value):
        allowed = _SCALARS[field.type]
        fits = isinstance(value, allowed)
        if isinstance(value, bool) and bool not in allowed:
            fits = False
        if field.type in ("integer", "many2one_reference") and fits:
            fits = -(2**31) <= value < 2**31
        if not fits:
            self._refuse(field, value, _EXPECTED[field.type])
        return value

    def _moment(self, field, value):
        if not isinstance(value, str):
            self._refuse(field, value, self.env._("text such as '2026-01-31 14:00'"))
        if len(value) == len("2026-01-31"):
            self._refuse(
                field, value, self.env._("a date and a time: '2026-01-31 14:00'")
            )
        stored = self.env["mcp.tool"]._stored_moment(field.name, value)
        try:
            return field.to_datetime(stored)
        except (ValueError, TypeError):
            self._refuse(field, value, self.env._("text such as '2026-01-31 14:00'"))

    def _date(self, field, value):
        try:
            return date_utils.parse_iso_date(value).isoformat()[:10]
        except (ValueError, TypeError, AttributeError):
            self._refuse(field, value, self.env._("text such as '2026-01-31'"))

    def _selection(self, field, value):
        options = dict(field._description_selection(self.env))
        if isinstance(value, str | int) and value in options:
            return value
        by_label = [
            key
            for key, label in options.items()
            if isinstance(value, str) and label.lower() == value.lower()
        ]
        if len(by_label) == 1:
            return by_label[0]
        choices = ", ".join(f"{key} ({label})" for key, label in options.items())
        self._refuse(field, value, self.env._("one of %s", choices))

    def _reference(self, field, value):
        model, _comma, id_ = (
            value.partition(",") if isinstance(value, str) else ("",) * 3
        )
        if not id_.isdigit():
            self._refuse(field, value, self.env._("a model and an id: 'res.partner,7'"))
        self.record(
            self.env["mcp.tool"]._target_model(model)._name, int(id_), field.name
        )
        return value

    def _content(self, field, value):
        if isinstance(value, Mapping) and set(value) == {"text"}:
            value = base64.b64encode(str(value["text"]).encode()).decode()
        try:
            content = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            self._refuse(field, value, self.env._('base64, or {"text": "…"}'))
        # raw is the one binary field that takes its content as it is
        return content if field.name == "raw" else value

    # ------------------------------------------------------------
    # Relations
    # ------------------------------------------------------------

    def record(self, model_name: str, value: Any, field_name: str) -> int:
        """Return the id of the one record that *value* stands for.

        :param value: an id, a name, or ``{"id": …}`` as reading gives it
        :raise ToolError: none that the caller may read, or several
        """
        if _is_record(value):
            value = value.get("id", value.get("name"))
        model = self.env["mcp.tool"]._target_model(model_name)
        model = model.with_context(active_test=False)
        if isinstance(value, int) and not isinstance(value, bool):
            if 0 < value < 2**31 and model.search_count([("id", "=", value)], limit=1):
                return value
            raise ToolError(
                self.env._(
                    "%(field)s: there is no record %(value)s of %(model)s that you may "
                    "read.",
                    field=field_name,
                    value=quote(value),
                    model=model_name,
                )
            )
        if not isinstance(value, str) or not value.strip():
            raise ToolError(
                self.env._(
                    "%(field)s takes the id or the name of one record of %(model)s, "
                    "not %(value)s.",
                    field=field_name,
                    model=model_name,
                    value=quote(value),
                )
            )
        return self._named(model.with_context(active_test=True), value, field_name)

    def _named(self, model, name, field_name):
        exact = model.name_search(name, operator="=", limit=_CANDIDATES + 1)
        found = exact or model.name_search(name, limit=_CANDIDATES + 1)
        if len(found) == 1:
            return found[0][0]
        if not found:
            raise ToolError(
                self.env._(
                    "%(field)s: nothing of %(model)s is called %(name)s. name_search "
                    "or search finds records by parts of their names.",
                    field=field_name,
                    model=model._name,
                    name=quote(name),
                )
            )
        candidates = ", ".join(f"{id_} ({label})" for id_, label in found[:_CANDIDATES])
        more = ", …" if len(found) > _CANDIDATES else ""
        raise ToolError(
            self.env._(
                "%(field)s: %(name)s may be one of several: %(candidates)s%(more)s. "
                "Write the id.",
                field=field_name,
                name=quote(name),
                candidates=candidates,
                more=more,
            )
        )

    def _related_records(self, field, value, nested):
        """Return ORM commands for a list of related records.

        A list of ids and names replaces what is there; otherwise each entry says what
        to do: an ORM command or ``{"create": {…}}`` and the like.
        """
        if value is None or value is False:
            return [Command.clear()]
        if not isinstance(value, list):
            value = [value]
        if len(value) > _RELATED_MAX:
            self._refuse(field, f"{len(value)} …", f"at most {_RELATED_MAX}")
        if nested == _NESTED_MAX:
            self._refuse(field, value, self.env._("no records that deep"))
        if all(isinstance(entry, int | str) or _is_record(entry) for entry in value):
            return [Command.set(self._ids(field, value))]
        return [self._command(field, entry, nested) for entry in value]

    def _ids(self, field, entries):
        if not isinstance(entries, list):
            entries = [entries]
        return [self.record(field.comodel_name, entry, field.name) for entry in entries]

    def _command(self, field, entry, nested):
        if isinstance(entry, list):
            entry = self._spelled_out(field, entry)
        if not (isinstance(entry, Mapping) and len(entry) == 1):
            self._refuse(field, entry, _FORMS)
        [(operation, operand)] = entry.items()
        comodel = self.env["mcp.tool"]._target_model(field.comodel_name)
        match operation:
            case "create" if isinstance(operand, Mapping):
                return Command.create(self.values(comodel, operand, nested + 1))
            case "update" if isinstance(operand, Mapping) and "id" in operand:
                values = {key: val for key, val in operand.items() if key != "id"}
                [id_] = self._ids(field, operand["id"])
                return Command.update(id_, self.values(comodel, values, nested + 1))
            case "set":
                return Command.set(self._ids(field, operand))
            case "clear":
                return Command.clear()
            case "link" | "unlink" | "delete" if not isinstance(operand, list):
                [id_] = self._ids(field, operand)
                return getattr(Command, operation)(id_)
        self._refuse(field, entry, _FORMS)

    def _spelled_out(self, field, command):
        """Return an ORM command such as ``[4, 7, 0]`` in our own form."""
        code, first, second = [*command, None, None, None][:3]
        match code:
            case 0:
                return {"create": second}
            case 1 if isinstance(second, Mapping):
                return {"update": {**second, "id": first}}
            case 2:
                return {"delete": first}
            case 3:
                return {"unlink": first}
            case 4:
                return {"link": first}
            case 5:
                return {"clear": True}
            case 6:
                return {"set": second}
        self._refuse(field, command, _FORMS)

    def _refuse(self, field: Field, value: Any, expected: str):
        raise ToolError(
            self.env._(
                "%(field)s: %(value)s does not fit; it takes %(expected)s.",
                field=field.name,
                value=quote(value),
                expected=expected,
            )
        )


def _is_record(value: Any) -> bool:
    """Return whether a value names a record the way that reading does."""
    return isinstance(value, Mapping) and bool(value) and set(value) <= {"id", "name"}


_FORMS = (
    'ids or names, or {"create": {…}}, {"update": {"id": 7, …}}, {"link": 7}, '
    '{"unlink": 7}, {"delete": 7}, {"set": [7, 8]}, {"clear": true}'
)
