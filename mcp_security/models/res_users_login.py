"""Logins as credentials of the endpoint: with an API key, or with the password.

Odoo's ``authenticate`` is not used. It writes to the database at each success, logs
what somebody typed as their login, where passwords end up by mistake, and counts
failures in each process by itself.
"""

from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import hmac

from odoo.addons.mcp_core.exchange import Principal

from ..password_check import PasswordCheck

_AUTH_METHOD = "basic"
_CREDENTIAL_SCOPE = "mcp_security.password"


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _mcp_check_login(self, login, secret):
        """Return the principal that *login* and *secret* stand for, ``None`` for none.

        :param secret: the password of the user, or an API key of theirs
        :rtype: Principal | None
        """
        # as Odoo's _login: archived users are not found
        user = self.sudo().search(
            self._get_login_domain(login), order=self._get_login_order(), limit=1
        )
        by_key = self.env["res.users.apikeys"]._mcp_check_key(secret)
        if by_key and by_key.user_id == user.id:
            return replace(by_key, auth_method=_AUTH_METHOD)
        check = PasswordCheck(self._crypt_context())
        if user:
            user = user.with_user(user).sudo()
            with check.run():
                admitted = user._mcp_has_password(secret)
            if admitted:
                credential = user._mcp_credential(check.stored)
                return Principal(user.id, _AUTH_METHOD, credential)
        check.complete(secret)
        return None

    def _mcp_has_password(self, password):
        """Return whether Odoo takes the password where nobody can be asked for more."""
        credential = {"type": "password", "login": self.login, "password": password}
        try:
            found = self._check_credentials(credential, {"interactive": False})
        except UserError:
            return False
        return (
            found["uid"] == self.id
            # of a scope that is not ours: ours were looked at before
            and found["auth_method"] != "apikey"
            and found.get("mfa") != "enforce"
            and not self._mfa_type()
        )

    def _mcp_credential(self, stored):
        """Return a name for the password of the user that lasts as long as it does.

        The same in every process, and of no use for guessing the password.

        :param stored: the hash of the password
        """
        name = hmac(self.sudo().env, _CREDENTIAL_SCOPE, (self.id, stored))
        return f"password:{name[:32]}"

    @api.model
    def _crypt_context(self):
        return PasswordCheck.running() or super()._crypt_context()
