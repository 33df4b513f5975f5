"""Questions to clients of the legacy era, whose answers may reach another worker.

The worker that asks keeps its stream open and waits; the client posts its answer in a
request of its own, which any worker may get. The row carries it across, and
PostgreSQL's NOTIFY wakes the one that waits.
"""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import config

from ..exceptions import ToolError
from ..protocol.jsonrpc import Response
from ..stream_asker import CHANNEL, TIMEOUT

#: How many requests a threaded server is taken to handle at once.
_THREADS = 16
#: For longer than any request runs.
_KEPT = timedelta(hours=1)


class McpClientRequest(models.Model):
    _name = "mcp.client.request"
    _description = "Request to an MCP Client"

    key = fields.Char(required=True)
    session_id = fields.Many2one(
        "mcp.session", required=True, ondelete="cascade", index=True
    )
    call = fields.Char(required=True, help="The request id of the call that waits.")
    response = fields.Json()

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _record(self, exchange, keys):
        """Record the questions of a call that is about to wait for their answers.

        In a transaction of its own, which is committed before anything is sent.

        :raise ToolError: too many calls wait already
        """
        # One after the other: of two that ask at once, the second sees the first.
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [CHANNEL])
        self.env.cr.execute(
            """
            SELECT count(DISTINCT asked.call),
                   count(DISTINCT asked.call) FILTER (WHERE session.user_id = %s)
              FROM mcp_client_request AS asked
              JOIN mcp_session AS session ON session.id = asked.session_id
             WHERE asked.response IS NULL AND asked.create_date
                   > now() at time zone 'utc' - %s * interval '1 second'
            """,
            [self.env.uid, TIMEOUT],
        )
        self._check_waiting(exchange, *self.env.cr.fetchone())
        self.env.cr.execute_values(
            """
            INSERT INTO mcp_client_request
                   (key, call, session_id, create_date, write_date) VALUES %s
            """,
            [(key, str(exchange.id), exchange.session.id) for key in keys],
            template="(%s, %s, %s, now() at time zone 'utc', NULL)",
        )

    @api.model
    def _check_waiting(self, exchange, waiting, own):
        """Hook: refuse to let one call more wait for its client.

        Each holds a worker until its client answers. An override may refuse earlier,
        and calls ``super()``. It runs apart from the call's own transaction.

        :param waiting: how many calls wait already
        :param own: how many of them are of the current user
        :raise ToolError: it may not wait, and so cannot ask
        """
        if waiting >= max(1, (config["workers"] or _THREADS) - 1):
            raise ToolError(
                self.env._("Too many questions wait for their answers. Try again.")
            )

    @api.model
    def _answer(self, exchange):
        """Store the client's response for whoever waits for it.

        Ignored where nothing waits, where it was answered before, and where it comes
        from another session: what to say then, the protocol does not know.
        """
        response: Response = exchange.message
        self.env.cr.execute(
            """
            UPDATE mcp_client_request SET response = %s
             WHERE key = %s AND session_id = %s AND response IS NULL
            """,
            [
                json.dumps({"result": response.result, "error": response.error}),
                str(response.id),
                exchange.session.id,
            ],
        )
        if self.env.cr.rowcount:
            # delivered by PostgreSQL when this transaction commits, and not before
            self.env.cr.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(response.id)])

    @api.autovacuum
    def _gc_requests(self):
        before = fields.Datetime.now() - _KEPT
        self.sudo().search([("create_date", "<", before)]).unlink()
