"""How much of which calls is kept."""

from odoo import api, fields, models
from odoo.tools import ormcache


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

    @api.model
    @ormcache()
    def _rules(self):
        """Return (level, groups, tools, models) of the active rules, in order.

        The same for everybody, hence sudo.
        """
        return tuple(
            (
                rule.level,
                frozenset(rule.group_ids.ids),
                frozenset(rule.tool_ids.mapped("name")),
                frozenset(rule.model_ids.mapped("model")),
            )
            for rule in self.sudo().search([])
        )

    @api.model
    def _level(self, exchange):
        """Return how much of a request is kept: the first rule that fits decides."""
        rules = self._rules()
        if not rules:
            return "request"
        params = exchange.message.params
        tool, arguments = params.get("name"), params.get("arguments")
        model = arguments.get("model") if isinstance(arguments, dict) else None
        user = self.env["res.users"].browse(exchange.principal.user_id)
        own_groups = frozenset(user.sudo()._get_group_ids())
        for level, groups, tools, models_ in rules:
            if (
                (not groups or groups & own_groups)
                and (not tools or (isinstance(tool, str) and tool in tools))
                and (not models_ or (isinstance(model, str) and model in models_))
            ):
                return level
        return "request"
