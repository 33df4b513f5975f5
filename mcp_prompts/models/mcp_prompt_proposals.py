"""Proposing one's own prompts for everyone, and what becomes of it."""

from odoo import models
from odoo.exceptions import UserError


class McpPrompt(models.Model):
    _inherit = "mcp.prompt"

    def action_propose(self):
        """Propose one's own prompts for everyone."""
        self._check_owner()
        # who may not write "proposed" otherwise, may say so by this button
        self.sudo().proposed = True
        return True

    def action_withdraw(self):
        """Withdraw a proposal, as its owner; or decline it, as an administrator."""
        if not self.env.user.has_group("mcp_core.group_manager"):
            self._check_owner()
        self.check_access("read")
        self.sudo().proposed = False
        return True

    def action_accept(self):
        """Make what was proposed a prompt for everyone. It has no owner any more."""
        if not self.env.user.has_group("mcp_core.group_manager"):
            raise UserError(self.env._("An administrator of MCP accepts proposals."))
        self.check_access("read")
        for prompt in self:
            if not prompt.proposed:
                raise UserError(
                    self.env._("“%s” was not proposed.", prompt.title or prompt.name)
                )
            prompt.sudo().write(
                {"scope": "global", "user_id": False, "proposed": False}
            )
        return True

    def _check_owner(self):
        if any(prompt.user_id != self.env.user for prompt in self):
            raise UserError(self.env._("Only its owner can do that with a prompt."))
