"""How a request to the endpoint becomes a user."""

from odoo import api, models
from odoo.http import request

from ..cursors import primary
from ..dispatcher import McpDispatcher


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        if endpoint.routing["type"] != McpDispatcher.routing_type:
            return super()._authenticate(endpoint)
        # Not through super(): it would look at the session cookie first.
        request.dispatcher.admit()
        return cls._auth_method_mcp()

    @classmethod
    def _auth_method_mcp(cls):
        """Authenticate the request by its Authorization header and nothing else.

        Runs again at each retry of the transaction, which is what makes revoking a
        key or a group act on the very next request.
        """
        exchange = request.dispatcher.exchange
        # nobody yet: whoever a cookie belongs to has no part in this
        nobody = api.Environment(request.env.cr, None, {})
        # a read replica may not know yet that a key was removed
        with primary(nobody) as env:
            server = env["mcp.server"]
            exchange.address = server._client_address(request.httprequest)
            principal = server._authenticate(
                exchange, request.httprequest.headers.get("Authorization")
            )
        exchange.principal = principal
        request.update_env(user=principal.user_id, context={})
        # Bearer requests carry a browser's language at best: the user's own applies.
        request.update_env(context=request.env["mcp.server"]._caller_context())
