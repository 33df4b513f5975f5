"""The tool that writes in the chatter of a record."""

from odoo import api, models
from odoo.tools.mail import plaintext2html

from ..decorators import tool_method
from ..exceptions import ToolError
from ..record_finder import RecordFinder

_METHOD = "_tool_post_message"
_SUBTYPES = {"note": "mail.mt_note", "message": "mail.mt_comment"}


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _available(self, exchange):
        tools = super()._available(exchange)
        if "mail.thread" in self.env:
            return tools
        return [tool for tool in tools if tool.method != _METHOD]

    @api.model
    @tool_method
    def _tool_post_message(
        self,
        exchange,
        model,
        id,
        body,
        kind="note",
        partners=(),
        dry_run=False,
        idempotency_key="",
    ):
        """Write a note for colleagues, or a message that followers are mailed.

        :param str body: plain text
        :param str kind: ``note`` or ``message``
        :param list partners: ids or names of contacts that are told besides followers
        :return: ``id`` of the message, or what it would do
        """
        target = self._target_model(model)
        if not isinstance(target, self.env.registry["mail.thread"]):
            raise ToolError(
                self.env._("Records of %s have no chatter to write in.", target._name)
            )
        record = self._target_records(target, [id])
        partner_ids = RecordFinder(self.env).records(
            "res.partner", partners, "partners"
        )

        def post():
            message = self._change(
                record,
                "write",
                lambda: record.message_post(
                    body=plaintext2html(body),
                    message_type="comment",
                    subtype_xmlid=_SUBTYPES[kind],
                    partner_ids=partner_ids,
                ),
            )
            return {"id": message.id}

        if dry_run:
            return self._previewed(record, lambda: post() and None)
        return self.env["mcp.idempotency.key"]._once(
            idempotency_key,
            ["post_message", model, id, body, kind, list(partners)],
            post,
        )
