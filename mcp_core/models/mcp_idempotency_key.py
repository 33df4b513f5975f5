"""Keys by which a client says that a call is one it may have made before.

A client that got no answer does not know whether its call was carried out. It sends the
call again with the same key, and gets the first result instead of a second effect. The
key is written in the transaction of the call itself: there is one exactly where there
is an effect.
"""

import hashlib
from datetime import timedelta

import orjson

from odoo import api, fields, models
from odoo.tools import SQL

from ..exceptions import ToolError

#: For how long a key is remembered.
_LIFETIME = timedelta(hours=24)
#: What of the context changes what a call does or answers.
_CONTEXT = ("lang", "tz", "allowed_company_ids", "active_test")


class McpIdempotencyKey(models.Model):
    _name = "mcp.idempotency.key"
    _description = "MCP Idempotency Key"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    key_hash = fields.Char(required=True)
    request_hash = fields.Char(required=True, help="Of the call that it came with.")
    result = fields.Json()
    created = fields.Datetime(required=True, index=True)

    _key_unique = models.UniqueIndex("(user_id, key_hash)")

    @api.model
    def _once(self, key, request, run):
        """Return what *run* returns, or what it returned for this caller and key.

        Two calls at the same time: the second waits for the first one's transaction,
        fails to serialise, is run again by Odoo and then finds the result.

        :param key: ``""`` to run in any case
        :param request: JSON value, the same where the call is
        :param run: called without arguments, returns a JSON value
        :raise ToolError: the key came with another call before
        """
        if not key:
            return run()
        now = fields.Datetime.now()
        context = {key: self.env.context.get(key) for key in _CONTEXT}
        key_hash, request_hash = _digest(key), _digest([request, context])
        # SQL, for the ORM has no ON CONFLICT and no user may write here
        self.env.cr.execute(
            SQL(
                "DELETE FROM mcp_idempotency_key"
                " WHERE user_id = %s AND key_hash = %s AND created < %s",
                self.env.uid,
                key_hash,
                now - _LIFETIME,
            )
        )
        # losing to a call at the same time is no error to log: it is tried again
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mcp_idempotency_key
                            (user_id, key_hash, request_hash, created)
                     VALUES (%s, %s, %s, %s)
                ON CONFLICT DO NOTHING
                  RETURNING id
                """,
                self.env.uid,
                key_hash,
                request_hash,
                now,
            ),
            log_exceptions=False,
        )
        inserted = self.env.cr.fetchone()
        if inserted is None:
            return self._remembered(key_hash, request_hash)
        result = run()
        self.env.cr.execute(
            SQL(
                "UPDATE mcp_idempotency_key SET result = %s WHERE id = %s",
                orjson.dumps(result).decode(),
                inserted[0],
            )
        )
        return result

    @api.model
    def _remembered(self, key_hash, request_hash):
        [(request, result)] = self.env.execute_query(
            SQL(
                "SELECT request_hash, result FROM mcp_idempotency_key"
                " WHERE user_id = %s AND key_hash = %s",
                self.env.uid,
                key_hash,
            )
        )
        if request != request_hash:
            raise ToolError(
                self.env._(
                    "This idempotency_key came with another call before. A key belongs "
                    "to one call: use a new one."
                )
            )
        return result

    @api.autovacuum
    def _gc_keys(self):
        limit = fields.Datetime.now() - _LIFETIME
        self.sudo().search([("created", "<", limit)]).unlink()


def _digest(value):
    body = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(body).hexdigest()
