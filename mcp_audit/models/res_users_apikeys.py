"""Keys that open the endpoint: who made one, what it is good for, and who revoked it.

Keys that Odoo deletes as they have expired are not told of: that was told before.
"""

from odoo import models

from odoo.addons.mcp_core.models.res_users_apikeys import SCOPES

from .. import configuration

_CREDENTIAL = "apikey:"


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _generate(self, scope, name, expiration_date):
        key = super()._generate(scope, name, expiration_date)
        # Odoo gives the key itself, and not its record
        own = [("user_id", "=", self.env.uid)]
        made = self.sudo().search(own, order="id desc", limit=1)
        made._mcp_tell("create")
        return key

    def unlink(self):
        self._mcp_tell("unlink")
        return super().unlink()

    def _mcp_tell(self, operation):
        """Tell the trail of keys that clients can use, without the keys themselves."""
        for key in self:
            if key.scope and key.scope not in SCOPES:
                continue
            values = {
                "user_id": key.user_id.ids,
                "mcp_access": key.mcp_access,
                "expiration_date": key.expiration_date and str(key.expiration_date),
            }
            old, new = ({}, values) if operation == "create" else (values, {})
            configuration.tell(key, operation, old, new)

    def _mcp_names(self, credentials):
        """Return {credential: name} of the keys among some that are there still."""
        ids = {
            credential: int(credential.removeprefix(_CREDENTIAL))
            for credential in credentials
            if credential and credential.startswith(_CREDENTIAL)
        }
        # auditors may know what a key is called, and read none: hence sudo
        there = self.sudo().search([("id", "in", list(ids.values()))])
        names = {key.id: key.name for key in there}
        return {name: names[id_] for name, id_ in ids.items() if id_ in names}
