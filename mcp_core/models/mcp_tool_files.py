"""Files that are read with records: as resources within the answer of a tool."""

import base64

from odoo import api, models
from odoo.tools.mimetypes import guess_mimetype

from ..exceptions import ToolError
from ..protocol import content
from ..texts import file_contents

#: The most bytes of files that one answer carries.
_FILE_MAX = 1024 * 1024


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _files(self, records, tree):
        """Return the content of the binary fields in *tree* as resource blocks.

        :param records: that were read, which the caller may see
        :param tree: as of :meth:`_target_tree`
        :raise ToolError: there is no such field, or the files are too large together
        """
        names = [name for name in tree if records._fields[name].type == "binary"]
        if not names:
            raise ToolError(
                self.env._(
                    "files needs the name of a binary field in fields; of an "
                    "ir.attachment that is 'raw'."
                )
            )
        blocks, used = [], 0
        for record in records.with_context(bin_size=False):
            for name in names:
                data = record[name]
                if not data:
                    continue
                if not (records._name == "ir.attachment" and name == "raw"):
                    data = base64.b64decode(data)
                used += len(data)
                if used > _FILE_MAX:
                    raise ToolError(
                        self.env._(
                            "With %(name)s of record %(id)s, which has %(size)s bytes, "
                            "this is more than the %(limit)s that one answer may "
                            "carry. Read files one by one.",
                            name=name,
                            id=record.id,
                            size=len(data),
                            limit=_FILE_MAX,
                        )
                    )
                blocks.append(self._file_block(record, name, data))
        return blocks

    @api.model
    def _file_block(self, record, name, data):
        """Return one file as an embedded resource; a long text is cut, and says so.

        :param bytes data: the content of the field *name*
        """
        mime_type = guess_mimetype(data)
        if record._name == "ir.attachment":
            uri = f"odoo://attachment/{record.id}"
            mime_type = record.mimetype or mime_type
        else:
            uri = f"odoo://record/{record._name}/{record.id}#{name}"
        found = file_contents(uri, data, mime_type)
        budget = self.env["mcp.server"]._setting("answer_bytes")
        if (length := len(found.get("text", ""))) > budget:
            rest = self.env._(
                "[%(rest)s more characters: read %(uri)s for all]",
                rest=length - budget,
                uri=uri,
            )
            found["text"] = f"{found['text'][:budget]}\n{rest}"
        return content.embedded_resource(found)
