"""HTTP Basic (RFC 7617) beside bearer keys."""

from odoo import api, models

from odoo.addons.mcp_core.protocol.credentials import BASIC
from odoo.addons.mcp_core.protocol.errors import Unauthorized


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _authenticate(self, exchange, authorization):
        try:
            return super()._authenticate(exchange, authorization)
        except Unauthorized as error:
            if not self._setting("basic_enabled"):
                raise
            # the same whatever was sent, as it tells nothing about the login
            raise Unauthorized(
                "Authentication required. Send an Odoo API key as 'Authorization: "
                "Bearer <key>', or a login and its password, or key, by HTTP Basic. "
                "What was removed, replaced or has expired is not accepted, nor is the "
                "password of a user with two-factor authentication.",
                error.data,
                error.headers,
            ) from error

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
