"""Tools that read records."""

import pytz

from odoo import api, models

from ..decorators import tool_method
from ..exceptions import ToolError

#: What identifies a record where the caller names no fields.
_DEFAULT_FIELDS = ("display_name",)


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_search(
        self, exchange, model, domain=(), fields=(), order="", limit=20, offset=0
    ):
        """Search records and read some of their fields.

        :return: ``records``, ``has_more`` and, with more to come, ``next_offset``
        """
        target = self._target_model(model)
        names = self._target_fields(target, fields)
        # one more than asked for tells whether there is a next page, without a count
        records = self._searching(
            target.search_fetch,
            self._target_domain(target, list(domain)),
            names,
            order=self._target_order(target, order) if order else None,
            limit=limit + 1,
            offset=offset,
        )
        result = {
            "records": self._export(records[:limit], names),
            "has_more": len(records) > limit,
        }
        if result["has_more"]:
            result["next_offset"] = offset + limit
        return result

    @api.model
    @tool_method
    def _tool_read(self, exchange, model, ids, fields=()):
        """Read fields of the records *ids*, in that order.

        A record that does not exist and one that the caller may not see are both
        ``not_found``: which of the two is nothing to tell.
        """
        target = self._target_model(model)
        names = self._target_fields(target, fields)
        visible = target.with_context(active_test=False).search_fetch(
            [("id", "in", ids)], names, order="id"
        )
        wanted = list(dict.fromkeys(ids))
        found = set(visible.ids)
        return {
            "records": self._export(
                target.browse(id_ for id_ in wanted if id_ in found), names
            ),
            "not_found": [id_ for id_ in wanted if id_ not in found],
        }

    @api.model
    @tool_method
    def _tool_count(self, exchange, model, domain=()):
        """Count the records that match a domain."""
        target = self._target_model(model)
        return {
            "count": self._searching(
                target.search_count, self._target_domain(target, list(domain))
            )
        }

    @api.model
    def _target_fields(self, model, names):
        """Return the checked field names to read, ``id`` aside.

        :raise ToolError: a name is no visible field
        """
        names = [name for name in dict.fromkeys(names) if name != "id"]
        for name in names:
            if "." in name:
                raise ToolError(
                    self.env._(
                        "%s: only fields of the record itself can be read. Read the "
                        "related record by its id.",
                        name,
                    )
                )
            self._target_field(model, name)
        return names or list(_DEFAULT_FIELDS)

    @api.model
    def _export(self, records, names):
        """Return the values of *records* as JSON values.

        Relations to one record become ``{"id", "name"}``, to several a list of ids;
        datetimes carry the offset of the caller's timezone; binary fields become the
        size of their content; what is not set is ``null``.
        """
        types = {name: records._fields[name].type for name in names}
        return [
            {
                "id": values["id"],
                **{
                    name: self._export_value(types[name], values[name])
                    for name in names
                },
            }
            for values in records.with_context(bin_size=True).read(names)
        ]

    @api.model
    def _export_value(self, kind, value):
        if kind == "boolean":
            return value
        if value is False or value is None:
            return None
        if kind == "many2one":
            return {"id": value[0], "name": value[1]}
        if kind == "datetime":
            return pytz.utc.localize(value).astimezone(self.env.tz).isoformat()
        if kind == "date":
            return value.isoformat()
        if kind == "binary":
            return value.decode() if isinstance(value, bytes) else str(value)
        if kind in ("properties", "properties_definition"):
            return self._export_nested(value)
        return value

    @api.model
    def _export_nested(self, value):
        """Export the members of a properties field, whose values have no field."""
        if isinstance(value, dict):
            return {key: self._export_nested(member) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [self._export_nested(member) for member in value]
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return value
