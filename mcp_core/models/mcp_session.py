"""Sessions of the legacy era: what ``initialize`` agreed on, found again by a header.

A session never authenticates: it is looked up for a caller who has already proved who
they are, and belongs to one user and one credential of one database.
"""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..cursors import primary, read_committed
from ..exchange import ClientInfo, Session
from ..protocol.logging import LEVELS
from ..protocol.revision import REVISIONS

#: Random bytes of the id that the client gets.
_TOKEN_BYTES = 32
#: A session in use is written at most this often.
_TOUCH_EVERY = timedelta(minutes=1)


class McpSession(models.Model):
    _name = "mcp.session"
    _description = "MCP Session"
    _order = "last_seen desc, id desc"
    _rec_name = "client_name"

    token_hash = fields.Char(required=True, groups="base.group_no_one")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    credential = fields.Char(required=True, help="The credential that opened it.")
    client_name = fields.Char("Client", help="As the client calls itself.")
    client_version = fields.Char()
    revision = fields.Char("Protocol Revision", required=True)
    capabilities = fields.Json()
    log_level = fields.Selection([(level, level.title()) for level in LEVELS])
    last_seen = fields.Datetime(required=True)
    expires = fields.Datetime(required=True, index=True)

    _token_hash_unique = models.UniqueIndex("(token_hash)")

    @api.model
    def _ttl(self):
        """Return how long an unused session lives."""
        minutes = self.env["mcp.server"]._setting("session_ttl_minutes")
        return timedelta(minutes=minutes)

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _open(self, exchange, capabilities):
        """Open a session for the caller and return the id that the client repeats.

        Bookkeeping of the server that no user may write, hence sudo.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = fields.Datetime.now()
        client = exchange.client
        session = self.sudo().create(
            {
                "token_hash": self._hash(token),
                "user_id": exchange.principal.user_id,
                "credential": exchange.principal.credential,
                "client_name": client.name if client else False,
                "client_version": client.version if client else False,
                "revision": exchange.revision.name,
                "capabilities": capabilities,
                "last_seen": now,
                "expires": now + self._ttl(),
            }
        )
        session._emit("session.opened", exchange)
        return token

    @api.model
    def _find(self, token, principal):
        """Return the live session *token* of the principal, ``None`` for none.

        :rtype: Session | None
        """
        # a read replica may not know yet that it was opened, or ended
        with primary(self.env) as env:
            return env[self._name]._found(token, principal)

    @api.model
    def _found(self, token, principal):
        now = fields.Datetime.now()
        session = (
            self.sudo()
            .with_context(prefetch_fields=False)
            .search_fetch(
                [
                    ("token_hash", "=", self._hash(token)),
                    ("user_id", "=", principal.user_id),
                    ("credential", "=", principal.credential),
                    ("expires", ">", now),
                ],
                [
                    "revision",
                    "capabilities",
                    "client_name",
                    "client_version",
                    "log_level",
                    "last_seen",
                ],
                limit=1,
            )
        )
        if not session or session.revision not in REVISIONS:
            return None
        if session.last_seen < now - _TOUCH_EVERY:
            session._touch(now)
        client = None
        if session.client_name:
            client = ClientInfo(session.client_name, session.client_version or "")
        return Session(
            session.id,
            REVISIONS[session.revision],
            session.capabilities or {},
            client,
            session.log_level or None,
        )

    def _touch(self, now):
        """Note that the session is in use."""
        self._write_apart(last_seen=now, expires=now + self._ttl())

    def _write_apart(self, **values):
        """Write in a transaction of its own, at once.

        Requests of one session run side by side: in their own transactions they would
        fail to serialise and sleep.
        """
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )
        with read_committed(self.env.registry) as cr:
            cr.execute(
                SQL("UPDATE mcp_session SET %s WHERE id = %s", assignments, self.id)
            )

    @api.model
    def _set_log_level(self, session_id, level):
        """Remember which log messages the client wants from now on."""
        self.browse(session_id)._write_apart(log_level=level)

    @api.model
    def _close(self, token, exchange):
        """End the session *token*; return whether there was one of the caller."""
        session = self._find(token, exchange.principal)
        if session is None:
            return False
        record = self.sudo().browse(session.id)
        record._emit("session.closed", exchange)
        record._end()
        return True

    def unlink(self):
        # whoever deletes them ends them, by a button or not
        self._emit("session.terminated")
        return super().unlink()

    def _end(self):
        """Delete them, which somebody was told of already."""
        return super().unlink()

    def action_terminate(self):
        """End the sessions: their clients have to initialize again."""
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.autovacuum
    def _gc_sessions(self):
        expired = self.sudo().search([("expires", "<", fields.Datetime.now())])
        expired._emit("session.expired")
        expired._end()

    def _emit(self, kind, exchange=None):
        """Tell auditors what becomes of the sessions."""
        for session in self:
            self.env["mcp.server"]._emit(
                kind,
                exchange,
                session=session.id,
                session_user=session.user_id.id,
                credential=session.credential,
                client=session.client_name or "",
            )
