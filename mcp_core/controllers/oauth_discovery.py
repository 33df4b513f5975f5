"""The addresses where clients ask how to sign in with OAuth, which is not offered.

They get a plain 404. Anything else stops them: a page or a redirect is read as a broken
server, and a JSON document makes some of them drop the key that they were given.
"""

from odoo import http
from odoo.http import request

_DOCUMENTS = (
    "oauth-authorization-server",
    "oauth-protected-resource",
    "openid-configuration",
)


class OAuthDiscoveryController(http.Controller):
    """Where RFC 8414 and RFC 9728 have clients look, with and without a path."""

    @http.route(
        [
            address
            for document in _DOCUMENTS
            for address in (
                f"/.well-known/{document}",
                f"/.well-known/{document}/mcp",
                f"/mcp/.well-known/{document}",
            )
        ],
        type="http",
        auth="none",
        csrf=False,
        readonly=True,
        save_session=False,
    )
    def nothing(self, **_parameters):
        """Say that there is no such document."""
        return request.make_json_response({"error": "not_found"}, status=404)
