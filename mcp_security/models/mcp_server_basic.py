"""HTTP Basic (RFC 7617) beside bearer keys."""

from odoo import api, models

from odoo.addons.mcp_core.protocol.credentials import BASIC


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _principal(self, exchange, claimed):
        if claimed.scheme != BASIC:
            return super()._principal(exchange, claimed)
        if not claimed or not self._setting("basic_enabled"):
            return None
        return self.env["res.users"]._mcp_check_login(claimed.login, claimed.secret)

    @api.model
    def _challenges(self):
        challenges = super()._challenges()
        if self._setting("basic_enabled"):
            challenges.append('Basic realm="Odoo MCP", charset="UTF-8"')
        return challenges

    @api.model
    def _accepted_told(self):
        if not self._setting("basic_enabled"):
            return super()._accepted_told()
        return (
            "Authentication required. Send an Odoo API key as 'Authorization: Bearer "
            "<key>', or by HTTP Basic a login with its password or API key. A "
            "key that was removed, replaced or has expired is not accepted, nor is the "
            "password of a user with two-factor authentication."
        )
