"""Who is calling: credentials and the right to use the endpoint at all."""

from datetime import timedelta

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..protocol.credentials import BEARER, credentials
from ..protocol.errors import Forbidden, Unauthorized

_PASS_SCOPE = "mcp_core.origin_pass"
#: How long the dialog with a new key can test the connection.
_PASS_LIFETIME = timedelta(hours=1)


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _authenticate(self, exchange, authorization):
        """Hook: say who is calling, before anything else is known of the request.

        Runs without a user, and again at each retry of the transaction. An override
        may refuse before the check (a lockout), and sees here what becomes of it:
        refusals are made in this place alone and look the same whatever they are for.
        It may not widen who is admitted; further credentials are for
        :meth:`_principal`.

        :param authorization: the Authorization header, ``None`` without one
        :return: an active internal user of the group MCP / User
        :rtype: Principal
        :raise Unauthorized: no credential that is accepted
        :raise Forbidden: a valid credential of somebody who may not use MCP
        """
        claimed = credentials(authorization)
        principal = self._principal(exchange, claimed)
        if principal is None:
            self._emit(
                "auth.failed", exchange, scheme=claimed.scheme, login=claimed.label
            )
            raise Unauthorized(
                self._accepted_told(),
                headers=[
                    ("WWW-Authenticate", challenge) for challenge in self._challenges()
                ],
            )
        if not self._is_admitted(principal):
            self._emit("auth.denied", exchange, principal=principal)
            raise Forbidden(
                "This user may not use MCP. An administrator can grant the "
                "access right MCP / User."
            )
        return principal

    @api.model
    def _client_address(self, http_request):
        """Hook: return the address that a request comes from, as text.

        That of the connection, or what Odoo takes from its proxy. An override returns
        another one that it has reason to trust, or what ``super()`` returns. Asked
        before anybody is known.

        :param http_request: of werkzeug, read only
        """
        return http_request.remote_addr or ""

    @api.model
    def _principal(self, exchange, claimed):
        """Hook: return whom the credentials stand for, ``None`` for nobody.

        An override may accept a scheme of its own. It does not decide who may use the
        endpoint and raises nothing: why credentials are refused is nobody's business.

        :param claimed: what the caller says
        :type claimed: ~protocol.credentials.Credentials
        :rtype: Principal | None
        """
        if claimed.scheme != BEARER or not claimed:
            return None
        return self.env["res.users.apikeys"]._mcp_check_key(claimed.secret)

    @api.model
    def _challenges(self):
        """Hook: return how one may authenticate, the best way first.

        An override adds to the list of ``super()``.

        :return: values of WWW-Authenticate (RFC 9110, section 11.6.1)
        """
        return ['Bearer realm="Odoo MCP"']

    @api.model
    def _accepted_told(self):
        """Hook: return what a refusal says of the credentials that are accepted.

        The same whatever was sent: it tells nothing about that. An override that
        accepts further credentials returns a text of its own, which names them all.
        """
        return (
            "Authentication required. Send an Odoo API key as 'Authorization: Bearer "
            "<key>'; one that was removed, replaced or has expired is not accepted."
        )

    @api.model
    def _caller_context(self):
        """Return the context that a caller works in.

        Their own language and timezone and, of several companies, the main one, as when
        the user opens Odoo.

        :rtype: dict
        """
        context = dict(self.env["res.users"].context_get())
        caller = self.env["res.users"]._mcp_caller(self.env.uid)
        context["allowed_company_ids"] = [caller.company_id]
        return context

    @api.model
    def _client_env(self):
        """Return the environment in which a client of the current user is answered.

        For what is tried on Odoo's screens: nothing of the web client's context is in
        there.

        :rtype: odoo.api.Environment
        """
        # not with_context, which would keep the web client's companies
        env = self.env(context={})
        return env(context=env["mcp.server"]._caller_context())

    @api.model
    def _origin_pass(self, origin):
        """Return what lets pages of *origin* call the endpoint for a while.

        For the connection test of Odoo's own web client: browsers name its origin,
        which nobody lists. Given to users only, and signed with the database's secret
        (hence sudo), so that a page which rebinds its DNS name has none.
        """
        env = self.sudo().env
        return hash_sign(env, _PASS_SCOPE, origin, expiration=_PASS_LIFETIME)

    @api.model
    def _has_pass(self, origin, origin_pass):
        """Return whether *origin_pass* is a live pass of *origin*."""
        try:
            return (
                verify_hash_signed(self.sudo().env, _PASS_SCOPE, origin_pass) == origin
            )
        except ValueError:
            return False

    @api.model
    def _is_admitted(self, principal):
        """Return whether the principal's user may use the endpoint at all."""
        users = self.env["res.users"]
        user = users.with_user(principal.user_id).env.user
        return (
            users._mcp_caller(user.id).active
            and not user._is_superuser()
            and user._is_internal()
            and user.has_group("mcp_core.group_user")
        )
