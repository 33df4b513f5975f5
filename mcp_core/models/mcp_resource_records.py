"""Resources that are records: one as JSON, one attachment as a file."""

import re

from odoo import api, models
from odoo.exceptions import UserError

from ..decorators import completion_method, resource_method
from ..exceptions import RETRIED
from ..fences import is_fenced
from ..protocol.resource import contents
from ..record_finder import ID_MAX
from ..texts import file_contents
from .mcp_server_resources import COMPLETED_MAX

#: The largest file that is handed out, in bytes.
FILE_MAX = 4 * 1024 * 1024
#: Fields whose values open something: nobody who asks for a record means them.
_KEYS = re.compile(r"(.+_)?(token|password|secret|key)")


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    @resource_method
    def _resource_record(self, exchange, uri, model, id):
        """Read the fields of a record that the caller may read.

        Files, tokens that open something, and what is computed anew at each reading are
        left out. The record, and notes about it, look as in the answer of ``read``.
        """
        target, number = self._readable_model(model), self._number(id)
        if target is None or number is None:
            return None
        readable = [
            field
            for field in target._fields.values()
            if field.type != "binary"
            and (field.store or field.related or field.name == "display_name")
            and not _KEYS.fullmatch(field.name)
            and target._has_field_access(field, "read")
        ]
        try:
            # whatever fails may have spoilt the transaction
            with self.env.cr.savepoint():
                found = self._read_one(exchange, target, number, readable)
        except RETRIED:
            raise
        except Exception:  # noqa: BLE001 the fields of any addon are read here
            # Related fields may lead to where the caller may not go, and all of them
            # may be too long together: the columns are the record itself.
            columns = [field for field in readable if field.column_type and field.store]
            found = self._read_one(exchange, target, number, columns)
        if found is None:
            return None
        return self._json({"model": target._name, **found})

    @api.model
    def _read_one(self, exchange, model, number, fields):
        """Return the answer of ``read`` about one record, ``None`` where none is."""
        result = self.env["mcp.tool"]._tool_read(
            exchange, model._name, [number], fields=[field.name for field in fields]
        )
        if not result["records"]:
            return None
        del result["not_found"]
        return {"record": result.pop("records")[0], **result}

    @api.model
    @resource_method
    def _resource_attachment(self, exchange, uri, id):
        """Return the content of an attachment, by Odoo's own check of access to it."""
        number = self._number(id)
        if number is None:
            return None
        attachments = self.env["ir.attachment"]
        attachment = attachments.search([("id", "=", number)])
        # also checks the record that it belongs to
        if not attachment or not attachment.has_access("read"):
            return None
        if attachment.res_model and is_fenced(attachment.res_model):
            return None
        if attachment.type == "url":
            return [contents(uri, attachment.url or "", "text/uri-list")]
        self._check_size(attachment.file_size)
        data = attachment.raw or b""
        return [file_contents(uri, data, attachment.mimetype or "")]

    @api.model
    def _check_size(self, size):
        """:raise UserError: a file of *size* bytes is too large to be handed out."""
        if size > FILE_MAX:
            raise UserError(
                self.env._(
                    "The file has %(size)s bytes, more than the %(limit)s that can be "
                    "read here. Open it in Odoo.",
                    size=size,
                    limit=FILE_MAX,
                )
            )

    @api.model
    @completion_method
    def _complete_record(self, exchange, name, value, chosen):
        """Propose models, and ids of the chosen model by what records are called."""
        if name == "model":
            return self._complete_model(exchange, name, value, chosen)
        return self._completed_ids(self._readable_model(chosen.get("model")), value)

    @api.model
    @completion_method
    def _complete_attachment(self, exchange, name, value, chosen):
        """Propose ids of attachments by their names."""
        return self._completed_ids(self.env["ir.attachment"], value)

    @api.model
    def _completed_ids(self, model, value):
        """Return ids, as text, of records of *model* that are called like *value*."""
        if model is None:
            return []
        found = []
        if (number := self._number(value)) is not None:
            found += self.env["mcp.tool"]._visible_records(model, [number]).ids
        if not value or model._rec_name or model._rec_names_search:
            named = model.name_search(value, limit=COMPLETED_MAX)
            found += [id_ for id_, _name in named]
        return [str(id_) for id_ in dict.fromkeys(found)]

    @api.model
    def _number(self, text):
        """Return the id that *text* of a URI is, ``None`` where it is none."""
        if not (text.isascii() and text.isdecimal() and len(text) <= 10):
            return None
        number = int(text)
        return number if 0 < number <= ID_MAX else None
