"""Requests that legacy clients gave up on (utilities, "Cancellation").

The notification may reach another worker than the one that runs the request.
"""

from datetime import timedelta

from odoo import api, fields, models

#: Characters of a request id that are compared.
_ID_MAX = 200
#: For longer than any request runs.
_KEPT = timedelta(hours=1)


class McpCancellation(models.Model):
    _name = "mcp.cancellation"
    _description = "Cancelled MCP Request"

    session_id = fields.Many2one(
        "mcp.session", required=True, ondelete="cascade", index=True
    )
    request_key = fields.Char(required=True)

    @api.model
    def _key(self, identifier):
        """Return the text that stands for a request id: 1 and "1" are two ids."""
        return repr(identifier)[:_ID_MAX]

    @api.model
    def _record(self, exchange):
        """Note what ``notifications/cancelled`` says; anything unclear is ignored."""
        identifier = exchange.message.params.get("requestId")
        known = isinstance(identifier, str | int) and not isinstance(identifier, bool)
        if exchange.session and known:
            self.sudo().create(
                {
                    "session_id": exchange.session.id,
                    "request_key": self._key(identifier),
                }
            )

    @api.model
    def _is_recorded(self, exchange):
        """Return whether the request of *exchange* was cancelled since it began.

        To be asked outside of the request's own transaction, which sees only what was
        there before it.
        """
        self.env.cr.execute(
            """
            SELECT 1 FROM mcp_cancellation
             WHERE session_id = %s AND request_key = %s
               AND create_date >= (now() AT TIME ZONE 'utc') - make_interval(secs => %s)
            """,
            [
                exchange.session.id,
                self._key(exchange.message.id),
                exchange.duration + 1,
            ],
        )
        return bool(self.env.cr.fetchone())

    @api.autovacuum
    def _gc_cancellations(self):
        before = fields.Datetime.now() - _KEPT
        self.sudo().search([("create_date", "<", before)]).unlink()
