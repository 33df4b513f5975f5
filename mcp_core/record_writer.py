"""Records as a client writes them, turned into what the ORM takes.

Here it is decided which fields a client may write, and what becomes of records inside
of records. What a single value stands for is in :mod:`.field_values`.
"""

from collections.abc import Mapping
from typing import Any

from odoo import Command
from odoo.api import Environment
from odoo.models import MAGIC_COLUMNS, BaseModel

from .exceptions import ToolError
from .fences import has_placeholder, is_fenced, is_fenced_field
from .field_values import FieldValues
from .protocol.errors import quote
from .record_finder import RecordFinder, is_record

#: The most related records that one field may be given at once.
_RELATED_MAX = 1000
#: How deep records may stand inside of records.
_NESTED_MAX = 3
#: The most records of one call, those inside of others included.
_RECORDS_MAX = 500

#: The ways of writing related records.
_FORMS = (
    'ids or names, or {"create": {…}}, {"update": {"id": 7, …}}, {"link": 7}, '
    '{"unlink": 7}, {"delete": 7}, {"set": [7, 8]}, {"clear": true}'
)


class RecordWriter:
    """Reads what one call writes, as its caller.

    :ivar warnings: what the caller should know although nothing is wrong
    """

    def __init__(self, env: Environment):
        self.env = env
        self.warnings: list[str] = []
        self._finder = RecordFinder(env)
        self._plain = FieldValues(env, self._finder)
        self._records = 0

    def values(
        self, model: BaseModel, given: Mapping[str, Any], nested: int = 0
    ) -> dict[str, Any]:
        """Return the values for ``create`` or ``write`` of *model*.

        :param given: JSON values by field name
        :raise ToolError: a name is no field that the caller may write, or a value does
            not fit its field
        """
        self._records += 1
        if self._records > _RECORDS_MAX:
            raise ToolError(
                self.env._(
                    "These are more than %s records, with those inside of others. "
                    "Write fewer at once.",
                    _RECORDS_MAX,
                )
            )
        self._check_target(model, given)
        return {
            name: self._value(self._field(model, name), value, nested)
            for name, value in given.items()
        }

    def _check_target(self, model, given):
        """Refuse what Odoo would run, or hand out as its own, once it is written."""
        if self.env["mcp.tool"]._is_rendered(model) and has_placeholder(dict(given)):
            raise ToolError(
                self.env._(
                    "Placeholders of templates can't be written here: write the text "
                    "as it shall be sent, or choose a template that is there."
                )
            )
        if model._name == "ir.attachment" and (
            given.get("url")
            # Odoo's own: the content of a field, which only it is to keep there
            or given.get("res_field")
            or is_fenced(str(given.get("res_model") or ""))
        ):
            raise ToolError(
                self.env._(
                    "An attachment here belongs to a record: it has no url, and is no "
                    "field of it."
                )
            )

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
        if name in MAGIC_COLUMNS:
            raise ToolError(self.env._("%s is kept by Odoo itself.", name))
        if is_fenced_field(model._name, name):
            raise ToolError(
                self.env._(
                    "%s can't be written here: passwords and code have no place in a "
                    "conversation. Set it on Odoo's own screens.",
                    name,
                )
            )
        if field.relational:
            # refuses with the reason what is out of bounds
            tools._target_model(field.comodel_name, changing=True)
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

    def _value(self, field, value, nested):
        if field.type in ("one2many", "many2many"):
            return self._related_records(field, value, nested)
        return self._plain.value(field, value)

    # ------------------------------------------------------------
    # Relations
    # ------------------------------------------------------------

    def _related_records(self, field, value, nested):
        """Return ORM commands for a list of related records.

        A list of ids and names replaces what is there; otherwise each entry says what
        to do: an ORM command or ``{"create": {…}}`` and the like.
        """
        if value is None or value is False:
            self._check_moving(field)
            return [Command.clear()]
        if not isinstance(value, list):
            value = [value]
        if len(value) > _RELATED_MAX:
            self._plain.refuse(field, f"{len(value)} …", f"at most {_RELATED_MAX}")
        if nested == _NESTED_MAX:
            self._plain.refuse(field, value, self.env._("no records that deep"))
        if all(isinstance(entry, int | str) or is_record(entry) for entry in value):
            self._check_moving(field)
            return [Command.set(self._ids(field, value))]
        return [self._command(field, entry, nested) for entry in value]

    def _ids(self, field, entries):
        if not isinstance(entries, list):
            entries = [entries]
        return self._finder.records(field.comodel_name, entries, field.name)

    def _command(self, field, entry, nested):
        if isinstance(entry, list):
            entry = self._spelled_out(field, entry)
        if not (isinstance(entry, Mapping) and len(entry) == 1):
            self._plain.refuse(field, entry, _FORMS)
        [(operation, operand)] = entry.items()
        comodel = self.env["mcp.tool"]._target_model(field.comodel_name)
        if operation == "delete":
            self._check_deleting(field)
        check = self.env["mcp.tool"]._check_related
        match operation:
            case "create" if isinstance(operand, Mapping):
                check(comodel, "create")
                return Command.create(self.values(comodel, operand, nested + 1))
            case "update" if isinstance(operand, Mapping) and "id" in operand:
                values = {key: val for key, val in operand.items() if key != "id"}
                [id_] = self._ids(field, operand["id"])
                check(comodel.browse(id_), "write")
                return Command.update(id_, self.values(comodel, values, nested + 1))
            case "set":
                self._check_moving(field)
                return Command.set(self._ids(field, operand))
            case "clear":
                self._check_moving(field)
                return Command.clear()
            case "link" | "unlink" | "delete" if not isinstance(operand, list):
                [id_] = self._ids(field, operand)
                if operation == "delete":
                    check(comodel.browse(id_), "unlink")
                else:
                    self._check_moving(field)
                return getattr(Command, operation)(id_)
        self._plain.refuse(field, entry, _FORMS)

    def _check_moving(self, field):
        """Check what linking and unlinking changes besides the record itself."""
        if field.type == "one2many":
            # which record it belongs to is kept by the related one
            tools = self.env["mcp.tool"]
            tools._check_related(tools._target_model(field.comodel_name), "write")

    def _check_deleting(self, field):
        """Refuse to delete on the way what a person is asked about otherwise."""
        asking = self.env["mcp.tool"]._catalogue()
        if any(
            tool.method == "_tool_unlink" and tool.confirmation != "never"
            for tool, _groups in asking
        ):
            raise ToolError(
                self.env._(
                    "%(field)s: delete the records of %(model)s with unlink, which "
                    "asks first.",
                    field=field.name,
                    model=field.comodel_name,
                )
            )

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
        self._plain.refuse(field, command, _FORMS)
