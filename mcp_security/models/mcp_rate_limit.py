"""Limits for some: other than the settings say, or for one tool."""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import ormcache

from ..rate import Rate
from ..settings import TABLE

_PER_MINUTE = TABLE.numbers["rate_per_minute"]
_BURST = TABLE.numbers["rate_burst"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a record says: ids and a tool's name that may be False, and the rate.

    :param rate: ``None`` for no limit
    """

    user_id: int | bool
    group_id: int | bool
    tool: str | bool
    rate: Rate | None


class McpRateLimit(models.Model):
    _name = "mcp.rate.limit"
    _inherit = "mcp.remembered"
    _description = "MCP Rate Limit"
    _order = "sequence, id"

    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        ondelete="cascade",
        domain=[("share", "=", False)],
        help="Whom it is for: this user, the group beside it, or else everybody.",
    )
    group_id = fields.Many2one(
        "res.groups",
        ondelete="cascade",
        help="The limit of each user in this group, if the user has none by name. Of "
        "several groups the record that comes first in the list counts.",
    )
    tool_id = fields.Many2one(
        "mcp.tool",
        ondelete="cascade",
        help="Limits the calls of this tool, beside the limit of all messages.",
    )
    unlimited = fields.Boolean("No Limit")
    per_minute = fields.Integer(
        default=_PER_MINUTE.default,
        help="Messages that the clients of each user may send in a minute.",
    )
    burst = fields.Integer(
        "At Once",
        default=_BURST.default,
        help="Messages that may come at once after a pause.",
    )

    _not_both = models.Constraint(
        "CHECK (user_id IS NULL OR group_id IS NULL)",
        "A limit is for a user or for a group, not for both: make two of them.",
    )
    _for_something = models.Constraint(
        "CHECK (num_nonnulls(user_id, group_id, tool_id) > 0)",
        "Name a user, a group or a tool. The limit of everybody is in the settings.",
    )
    _within_bounds = models.Constraint(
        f"CHECK (unlimited IS TRUE OR per_minute BETWEEN 1 AND {_PER_MINUTE.maximum}"
        f" AND burst BETWEEN {_BURST.minimum} AND {_BURST.maximum})",
        f"Messages per minute are from 1 to {_PER_MINUTE.maximum}, and at once from "
        f"{_BURST.minimum} to {_BURST.maximum}.",
    )

    @api.depends("user_id", "group_id", "tool_id")
    def _compute_display_name(self):
        for limit in self:
            whose = limit.user_id or limit.group_id
            names = [whose.display_name if whose else self.env._("Everybody")]
            if limit.tool_id:
                names.append(limit.tool_id.display_name)
            limit.display_name = ", ".join(names)

    @api.model
    @ormcache()
    def _rules(self):
        """Return the rules of all active records, the most specific first.

        The same for every user, hence sudo. Forgotten when a tool changes, too.
        """
        limits = self.sudo().search([("active", "=", True)])
        return tuple(
            Rule(
                limit.user_id.id,
                limit.group_id.id,
                limit.tool_id.name,
                None if limit.unlimited else Rate(limit.per_minute, limit.burst),
            )
            for limit in limits.sorted(
                lambda limit: (not limit.user_id, not limit.group_id)
            )
        )

    @api.model
    def _rate_of_user(self):
        """Return the rate of all messages of the user, ``None`` for no limit."""
        for rule in self._rules():
            if not rule.tool and self._concerns_user(rule):
                return rule.rate
        server = self.env["mcp.server"]
        per_minute = server._setting("rate_per_minute")
        return Rate(per_minute, server._setting("rate_burst")) if per_minute else None

    @api.model
    def _rate_of_tool(self, name):
        """Return the rate of the user's calls of a tool, ``None`` for no limit."""
        for rule in self._rules():
            if rule.tool == name and self._concerns_user(rule):
                return rule.rate
        return None

    @api.model
    def _concerns_user(self, rule):
        if rule.user_id:
            return rule.user_id == self.env.uid
        return not rule.group_id or rule.group_id in self.env.user._get_group_ids()
