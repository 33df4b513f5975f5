"""The endpoint. It only translates: all work is done by the dispatcher and models."""

from odoo import http
from odoo.http import request


class McpController(http.Controller):
    """The address of the endpoint."""

    def _only_reads(self, rule, args):
        return request.dispatcher.only_reads()

    # Every verb is routed here, so that a wrong one meets our dispatcher and not an
    # HTML page of the router. "/mcp/" matches too, without a redirect: clients follow
    # none from https to http.
    #
    # auth="none" only says that Odoo's sessions have no part in this, and lets the
    # route answer without a database where the addon is loaded server-wide: see
    # ir.http for who authenticates, and the dispatcher for who insists on it.
    @http.route(
        "/mcp",
        type="mcp",
        auth="none",
        methods=None,
        readonly=_only_reads,
        save_session=False,
    )
    def endpoint(self):
        """Process the one message that the dispatcher has read; return its answer."""
        return request.env["mcp.server"]._handle(request.dispatcher.exchange)
