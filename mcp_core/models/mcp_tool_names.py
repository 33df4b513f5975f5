"""Tools that help to fill in a form: records by their names, and defaults."""

from odoo import api, models
from odoo.fields import Command
from odoo.tools import human_size

from ..decorators import tool_method
from ..exceptions import ToolError
from ..fields_ranking import is_noise
from ..record_reader import RecordReader, named
from ..texts import label

#: How many records a default may name, or make.
_LINES_MAX = 50


class McpTool(models.Model):
    _inherit = "mcp.tool"

    # name_search

    @api.model
    @tool_method
    def _tool_name_search(self, exchange, model, name, domain=(), limit=10):
        """Find records by what they are called, as the pickers of Odoo's screens do.

        :return: ``records`` of id and name, best match first, and ``has_more``
        :raise ToolError: records of the model have no names
        """
        target = self._target_model(model)
        domain = self._target_domain(target, list(domain))
        limit = min(limit, self._records_max(target))
        if name and not self._has_names(target):
            raise ToolError(
                self.env._(
                    "Records of %s have no names. Use search with conditions on its "
                    "fields, which describe_model tells.",
                    target._name,
                )
            )
        found = self._searching(
            target.name_search, name, domain=domain, limit=limit + 1
        )
        result = {
            "records": [
                {"id": id_, "name": label(name)} for id_, name in found[:limit]
            ],
            "has_more": len(found) > limit,
        }
        if not found:
            result["hint"] = self._no_names_hint(target)
        return result

    @api.model
    def _has_names(self, model):
        """Return whether names of *model* can be searched: Odoo would return all."""
        every = type(self.env["base"])._search_display_name
        own = type(model)._search_display_name is not every
        return bool(own or model._rec_names_search or model._rec_name)

    @api.model
    def _no_names_hint(self, model):
        hint = self.env._(
            "No record is called so. Try fewer or other words, or search with "
            "conditions on other fields."
        )
        if model._active_name:
            hint += self.env._(
                " Archived records are found by search with [%s, =, false] only.",
                f'"{model._active_name}"',
            )
        return hint

    # default_get

    @api.model
    @tool_method
    def _tool_default_get(self, exchange, model, fields=(), handle=""):
        """Tell what Odoo fills in for the caller where a new record says nothing.

        :param fields: exactly these; without them all that have a default
        :param handle: from the answer that opened this wizard
        :return: ``defaults`` by field; values look as in ``read``
        :raise ToolError: no such field, or the caller may not create records
        """
        target = self._handled(self._target_model(model), handle)
        if not target.has_access("create"):
            raise ToolError(
                self.env._(
                    "You may not create records of %s: a new one has no defaults for "
                    "you. list_models tells what you may do.",
                    target._name,
                )
            )
        if fields:
            names = [self._target_field(target, name).name for name in fields]
        else:
            names = [
                name
                for name, field in target._fields.items()
                if not is_noise(name)
                and field.type != "binary"
                and target._has_field_access(field, "read")
            ]
        names = [
            name
            for name in dict.fromkeys(names)
            if target._has_field_access(target._fields[name], "write")
        ]
        values = target.default_get(names)
        defaults = {
            name: self._export_default(target, name, values[name])
            for name in names
            if name in values
        }
        if not fields:
            # what is not set goes without saying
            defaults = {
                name: value
                for name, value in defaults.items()
                if value is not None and value != []
            }
        return {"defaults": defaults}

    @api.model
    def _export_default(self, model, name, value):
        """Return a value of ``default_get`` as ``read`` would show it."""
        field = model._fields[name]
        if field.type == "many2one":
            return self._export_default_record(field, value)
        if field.type in ("one2many", "many2many"):
            return self._export_default_lines(field, value)
        if field.type == "binary":
            return {"size": human_size(len(value))} if value else None
        return RecordReader(self.env).value(field, value)

    @api.model
    def _export_default_record(self, field, id_):
        """Return a record as read would, nameless where the caller can't see it."""
        if not id_:
            return None
        record = self.env[field.comodel_name].browse(id_)
        if record.has_access("read") and record.exists():
            return named(record)
        return {"id": record.id}

    @api.model
    def _export_default_lines(self, field, commands):
        """Return ids of linked records, and ``{"create": values}`` for new ones."""
        comodel = self.env[field.comodel_name]
        lines = []
        for code, id_, values in commands or ():
            if code == Command.SET:
                lines += values
            elif code in (Command.LINK, Command.UPDATE):
                lines.append(id_)
            elif code == Command.CREATE:
                lines.append(
                    {
                        "create": {
                            name: self._export_default(comodel, name, value)
                            for name, value in values.items()
                            if name in comodel._fields
                            and comodel._has_field_access(comodel._fields[name], "read")
                        }
                    }
                )
            if len(lines) >= _LINES_MAX:
                break
        return lines[:_LINES_MAX]
