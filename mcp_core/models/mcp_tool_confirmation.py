"""Asking the person at the client before a tool does something serious."""

from odoo import api, fields, models

from ..exceptions import ToolError
from ..record_reader import title

#: How many records a question names.
_NAMED_MAX = 5


class McpTool(models.Model):
    _inherit = "mcp.tool"

    confirmation = fields.Selection(
        [
            ("never", "Never"),
            ("possible", "When the client can be asked"),
            ("always", "Always"),
        ],
        "Ask First",
        required=True,
        default="never",
        help="Ask the person at the client before the tool runs. “Always” refuses the "
        "call where the client can't ask.",
    )

    @api.model
    def _confirm(self, exchange, tool, arguments):
        """Have the person at the client agree to the call, where that is wanted.

        :raise ToolError: they did not, or can't be asked and have to be
        """
        # a dry run changes nothing
        if tool.confirmation == "never" or arguments.get("dry_run"):
            return
        if not exchange.can_ask("elicitation"):
            if tool.confirmation == "possible":
                return
            raise ToolError(
                self.env._(
                    "%s needs a person to agree, and this client can't ask one. Tell "
                    "them to do it in Odoo.",
                    tool.name,
                )
            )
        answer = exchange.elicit(
            self._question(tool, arguments),
            {"type": "object", "properties": {}},
            key="confirmation",
        )
        if answer.get("action") != "accept":
            raise ToolError(
                self.env._(
                    "The person did not agree: nothing was done. Do not try it another "
                    "way."
                )
            )

    @api.model
    def _question(self, tool, arguments):
        """Hook: return what a person is asked before the tool runs.

        An override may ask something else of tools of its own. The tool runs where the
        person agrees; what the question names, they get to read.

        :rtype: str
        :param arguments: as sent by the client, of the shape that the schema demands
        """
        ids, model = arguments.get("ids"), arguments.get("model")
        if not (isinstance(model, str) and isinstance(ids, list) and ids):
            return self.env._("Run “%s”?", tool.title)
        records = self._target_records(self._target_model(model), ids)
        names = ", ".join(f"“{title(record)}”" for record in records[:_NAMED_MAX])
        return self.env._(
            "%(title)s%(method)s: %(count)s × %(model)s (%(names)s%(more)s)?",
            title=tool.title,
            method=f" {arguments['method']}" if arguments.get("method") else "",
            count=len(records),
            model=self._labels([model]).get(model, model),
            names=names,
            more=", …" if len(records) > _NAMED_MAX else "",
        )
