"""How much of which calls is kept."""

import orjson

from odoo import api, fields, models
from odoo.tools import ormcache, sql

from ..redaction import redacted

#: A call, and its answer, on which a rule shows what it keeps.
_ASKED = {
    "name": "write",
    "arguments": {
        "model": "res.partner",
        "ids": [7],
        "values": {"city": "Namur", "comment": "password: abcdefgh12"},
    },
}
_ANSWERED = {"structuredContent": {"written": 1}}


class McpAuditRule(models.Model):
    _name = "mcp.audit.rule"
    _inherit = "mcp.remembered"
    _description = "MCP Audit Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    level = fields.Selection(
        [
            ("metadata", "Who, what and when"),
            ("request", "Also what was asked"),
            ("response", "Also what was answered"),
        ],
        required=True,
        default="request",
        help="Every request is recorded, whatever is chosen here. What was asked and "
        "answered is kept without passwords, keys and files.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        string="Groups",
        help="For members of these groups; for everybody where there is none.",
    )
    tool_ids = fields.Many2many(
        "mcp.tool", string="Tools", help="For these tools; for any where there is none."
    )
    model_ids = fields.Many2many(
        "ir.model",
        string="Models",
        help="For calls about these models; for any where there is none.",
    )

    example = fields.Text(compute="_compute_example")

    @api.depends("level")
    def _compute_example(self):
        facts = {
            "user": "demo",
            "address": "192.0.2.7",
            "tool": "write",
            "model": "res.partner",
            "record_ids": [7],
            "outcome": "success",
            "duration": 41.7,
        }
        for rule in self:
            kept = {"event": facts}
            if rule.level in ("request", "response"):
                kept["asked"] = redacted(_ASKED)
            if rule.level == "response":
                kept["answered"] = redacted(_ANSWERED)
            rule.example = orjson.dumps(kept, option=orjson.OPT_INDENT_2).decode()

    @api.model
    @ormcache()
    def _rules(self):
        """Return (level, name, groups, tools, models) of the active rules, in order.

        The same for everybody, hence sudo.
        """
        return tuple(
            (
                rule.level,
                rule.name,
                frozenset(rule.group_ids.ids),
                frozenset(rule.tool_ids.mapped("name")),
                frozenset(rule.model_ids.mapped("model")),
            )
            # the trail has one language
            for rule in self.sudo().with_context(lang=None).search([])
        )

    @api.model
    def _level(self, exchange):
        """Return how much of a request is kept, and the name of the rule that says so.

        The first rule that fits decides.
        """
        rules = self._rules()
        if not rules:
            return "request", None
        params = exchange.message.params
        tool, arguments = params.get("name"), params.get("arguments")
        model = arguments.get("model") if isinstance(arguments, dict) else None
        user = self.env["res.users"].browse(exchange.principal.user_id)
        own_groups = frozenset(user.sudo()._get_group_ids())
        for level, name, groups, tools, models_ in rules:
            if (
                (not groups or groups & own_groups)
                and (not tools or (isinstance(tool, str) and tool in tools))
                and (not models_ or (isinstance(model, str) and model in models_))
            ):
                return level, name
        return "request", None

    @api.model
    def _without(self, field_name, gone):
        """Archive the rules that were for some records and nothing else, which go.

        Without any they would be for everything.
        """
        field = self._fields.get(field_name)
        if not field or not sql.table_exists(self.env.cr, field.relation):
            # the very addon is uninstalled, and they go with it
            return
        # whoever deletes the records need not see the rules, hence sudo
        rules = self.sudo().search([(field_name, "in", gone.ids)])
        rules = rules.filtered(lambda rule: not rule[field_name] - gone.sudo())
        if rules:
            rules.active = False

    def _mcp_without_groups(self):
        self.active = False
        return super()._mcp_without_groups()
