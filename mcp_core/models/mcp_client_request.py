"""Questions to clients of the legacy era, whose answers may reach another worker.

The worker that asks keeps its stream open and waits; the client posts its answer in a
request of its own, which any worker may get. The row carries it across, and
PostgreSQL's NOTIFY wakes the one that waits.
"""

import json
from datetime import timedelta

from odoo import api, fields, models

from ..protocol.jsonrpc import Response
from ..stream_asker import CHANNEL


class McpClientRequest(models.Model):
    _name = "mcp.client.request"
    _description = "Request to an MCP Client"

    key = fields.Char(required=True)
    session_id = fields.Many2one(
        "mcp.session", required=True, ondelete="cascade", index=True
    )
    response = fields.Json()

    _key_unique = models.UniqueIndex("(key)")

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
        before = fields.Datetime.now() - timedelta(hours=1)
        self.sudo().search([("create_date", "<", before)]).unlink()
