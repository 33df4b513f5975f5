"""Trying a tool: what a client would be answered, without a client."""

import orjson

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from .. import dry_run
from ..exchange import Exchange
from ..protocol import example

#: Bytes of English text and JSON that are one token, roughly.
_BYTES_PER_TOKEN = 4


class McpToolTrial(models.TransientModel):
    _name = "mcp.tool.trial"
    _description = "Try an MCP Tool"
    # the answers are kept for no longer than it takes to read them
    _transient_max_hours = 0.2

    tool_id = fields.Many2one("mcp.tool", required=True, ondelete="cascade")
    read_only = fields.Boolean(related="tool_id.read_only")
    arguments = fields.Text(
        compute="_compute_arguments",
        store=True,
        readonly=False,
        help="A JSON object, as a client sends it.",
    )
    keep = fields.Boolean(
        "Keep the Changes",
        help="Otherwise everything that the tool changes is undone at once.",
    )
    answer = fields.Text(readonly=True)
    formatted = fields.Text(compute="_compute_formatted")
    is_error = fields.Boolean(readonly=True)
    size = fields.Integer("Bytes", readonly=True)
    tokens = fields.Integer(compute="_compute_tokens")
    milliseconds = fields.Integer(readonly=True)
    was_kept = fields.Boolean(readonly=True)

    @api.depends("tool_id")
    def _compute_arguments(self):
        for trial in self:
            start = example.arguments(trial.tool_id.input_schema or "{}")
            trial.arguments = _pretty(start)

    @api.depends("answer")
    def _compute_formatted(self):
        for trial in self:
            try:
                trial.formatted = _pretty(orjson.loads(trial.answer or ""))
            except orjson.JSONDecodeError:
                trial.formatted = False

    @api.depends("size")
    def _compute_tokens(self):
        for trial in self:
            trial.tokens = -(-trial.size // _BYTES_PER_TOKEN)

    def action_run(self):
        """Run the tool as the current user and show the answer."""
        self.ensure_one()
        arguments = self._parsed_arguments()
        kept = self.keep and not self.read_only
        if kept:
            exchange, result = self._run(self.env, arguments)
        else:
            # A transaction of its own: rolled back, it sends no mail either.
            with self.env.registry.cursor() as cr:
                env = api.Environment(cr, self.env.uid, {})
                try:
                    with dry_run.begun():
                        exchange, result = self._run(env, arguments)
                finally:
                    cr.rollback()
                    self.env.registry.reset_changes()
        answer = "\n\n".join(map(_as_text, result["content"]))
        self.write(
            {
                "answer": answer,
                "size": len(answer.encode()),
                "is_error": result["isError"],
                "milliseconds": round(exchange.duration * 1000),
                "was_kept": kept and not result["isError"],
                "keep": False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try “%s”", self.tool_id.title),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    def _parsed_arguments(self):
        try:
            arguments = orjson.loads(self.arguments or "{}")
        except orjson.JSONDecodeError as error:
            raise UserError(
                self.env._("The arguments are not valid JSON: %s.", error)
            ) from error
        if not isinstance(arguments, dict):
            raise UserError(self.env._("The arguments have to be a JSON object: {…}."))
        return arguments

    def _run(self, env, arguments):
        """Run the tool in *env* as a call of the current user.

        :return: the exchange made for it, and the ``CallToolResult``
        """
        tools = env["mcp.server"]._client_env()["mcp.tool"]
        name = self.tool_id.name
        exchange = self._exchange(name, arguments)
        tool = tools._named(exchange, name)
        if tool is None:
            raise UserError(
                self.env._(
                    "You are not offered this tool: it is archived, or for groups that "
                    "you are not in."
                )
            )
        return exchange, tools._call(exchange, tool, arguments)

    def _exchange(self, name, arguments):
        http = request.httprequest if request else None
        return Exchange.on_screen(
            self.env.uid,
            "tools/call",
            {"name": name, "arguments": arguments},
            address=(http and http.remote_addr) or "",
            user_agent=http.headers.get("User-Agent", "") if http else "",
        )


def _pretty(value):
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _as_text(block):
    """Return a content block as text: itself where it is one."""
    return block["text"] if block["type"] == "text" else _pretty(block)
