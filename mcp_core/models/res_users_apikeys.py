"""API keys as credentials of the endpoint.

Odoo hashes a key with thousands of PBKDF2 rounds each time it is checked: the dearest
step of a small call. Only that pure computation is remembered; whether the key exists,
fits and belongs to an active user is asked of the database on every request, so that
revoking a key works at once.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT

from ..exchange import Principal
from ..verified_secrets import VerifiedSecrets

#: The scope of keys that work here and nowhere else in Odoo.
SCOPE = "mcp"
#: That of keys which, beyond that, are only good for tools that change nothing.
SCOPE_READ_ONLY = "mcp.read"
SCOPES = (SCOPE, SCOPE_READ_ONLY)


_verified_keys = VerifiedSecrets(capacity=4096)


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    mcp_access = fields.Selection(
        [("read", "Read Only"), ("write", "Read and Write")],
        string="Access",
        compute="_compute_mcp_access",
        help="What AI clients may do with the key. It never exceeds the user's rights.",
    )

    @api.depends("scope")
    def _compute_mcp_access(self):
        for key in self:
            key.mcp_access = "read" if key.scope == SCOPE_READ_ONLY else "write"

    def _mcp_check_key(self, key):
        """Return the principal that the API key *key* stands for, ``None`` for none.

        The same conditions as ``_check_credentials``: an active user, a key that has
        not expired, unrestricted or of a scope of :data:`SCOPES`.

        :rtype: Principal | None
        """
        # The table has no ORM: its secret columns are known to SQL only.
        candidates = self.env.execute_query(
            SQL(
                """
                SELECT apikey.id, apikey.user_id, apikey.key, apikey.scope
                  FROM res_users_apikeys apikey
                  JOIN res_users u ON u.id = apikey.user_id
                 WHERE u.active
                   AND apikey.index = %s
                   AND (apikey.scope IS NULL OR apikey.scope IN %s)
                   AND (
                       apikey.expiration_date IS NULL
                       OR apikey.expiration_date >= now() AT TIME ZONE 'utc'
                   )
                """,
                key[:INDEX_SIZE],
                SCOPES,
            )
        )
        for key_id, user_id, stored, scope in candidates:
            if _verified_keys.verify(key, stored, KEY_CRYPT_CONTEXT.verify):
                return Principal(
                    user_id,
                    "bearer",
                    f"apikey:{key_id}",
                    read_only=scope == SCOPE_READ_ONLY,
                )
        if not candidates:
            # as long as for a key that begins like one: nobody learns its beginning
            KEY_CRYPT_CONTEXT.hash(key)
        return None
