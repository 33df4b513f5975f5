"""Which seals are the server's own: whoever may add rows could add others."""

from functools import cache

from odoo import api, models
from odoo.tools import SQL

from ..sealing import signing
from ..sealing.seal import Seal
from ..sealing.verification import weigh

#: Seals that are looked at at once, where the newest ones are forged.
_SEALS = 100


class McpAuditSeal(models.Model):
    _inherit = "mcp.audit.seal"

    @api.model
    def _readable(self, rows):
        """Return the seals that rows of the store tell, but for those that are none."""
        seals = []
        for row in rows:
            try:
                seals.append(Seal.from_row(row))
            except ValueError:
                continue
        return seals

    @api.model
    def _genuine(self, rows):
        """Yield those seals of some rows of the store that the server has made."""
        keys = signing.public_keys(self._folder())
        digests = cache(self._witness().digests)
        for seal in self._readable(rows):
            if weigh(seal, keys, digests).genuine:
                yield seal

    @api.model
    def _newest(self, cr):
        """Return the last seal that the server has made, ``None`` for none."""
        cr.execute("SELECT * FROM mcp_audit_seal ORDER BY id DESC LIMIT 1")
        while rows := cr.dictfetchall():
            for seal in self._genuine(rows):
                return seal
            cr.execute(
                SQL(
                    "SELECT * FROM mcp_audit_seal WHERE id < %s"
                    " ORDER BY id DESC LIMIT %s",
                    rows[-1]["id"],
                    _SEALS,
                )
            )
        return None

    @api.model
    def _next_number(self, cr, number):
        """Return the first number after a seal's that nobody has taken."""
        cr.execute(
            SQL(
                """
                SELECT min(id) + 1 FROM (
                    SELECT %s::bigint AS id
                     UNION ALL
                    SELECT id FROM mcp_audit_seal WHERE id > %s) AS taken
                 WHERE id < %s AND NOT EXISTS (
                       SELECT FROM mcp_audit_seal AS next WHERE next.id = taken.id + 1)
                """,
                number,
                number,
                2**63 - 1,
            )
        )
        return cr.fetchone()[0]

    @api.model
    def _answering(self, cr, first, last):
        """Return the seals of a range of events, each event being in one at most.

        What can't be trusted is among them where nothing else is: that it is wrong is
        found in that very seal.
        """
        cr.execute(
            SQL(
                "SELECT * FROM mcp_audit_seal WHERE last_id >= %s AND first_id <= %s",
                first,
                last,
            )
        )
        rows = cr.dictfetchall()
        seals = list(self._genuine(rows))
        for seal in self._readable(rows):
            if all(
                seal.last < other.first or seal.first > other.last for other in seals
            ):
                seals.append(seal)
        return seals
