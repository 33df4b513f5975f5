"""What the trail tells of purges, as far as a verification believes it."""

from contextlib import suppress

from odoo import api, models

from ..sealing import signing
from ..sealing.seal import purge_statement
from ..sealing.signing import is_signed
from ..sealing.verification import Purge
from .mcp_audit_retention import PAYLOADS


class McpAuditVerification(models.Model):
    _inherit = "mcp.audit.verification"

    @api.model
    def _told(self, kind):
        """Return what the events of a kind say that the server has signed, each once.

        By SQL, as all that is verified: what the ORM has cached is not the store.
        """
        self.env.cr.execute(
            "SELECT details FROM mcp_audit_event WHERE kind = %s ORDER BY id", [kind]
        )
        keys = signing.public_keys(self.env["mcp.audit.seal"]._folder())
        found = {}
        for (told,) in self.env.cr.fetchall():
            if isinstance(told, dict):
                signed, signer = str(told.get("signed")), str(told.get("signer"))
                if is_signed(purge_statement(told), signed, signer, keys):
                    found[signed] = told
        return list(found.values())

    @api.model
    def _purges(self):
        """Return what the trail tells of purges.

        What was changed until it makes no sense is found in its own seal, and in those
        of the events that nothing tells of any more.
        """
        purges = []
        for told in self._told("purge.deleted"):
            with suppress(KeyError, TypeError, ValueError):
                if told["group"] == PAYLOADS:
                    continue
                seals = [
                    [int(number) for number in told_of[:2]] for told_of in told["seals"]
                ]
                purges.append(
                    Purge(
                        str(told["group"]),
                        int(told["first_id"]),
                        int(told["last_id"]),
                        told["rest"] == "all",
                        dict(seals),
                        {
                            int(seal): [(int(first), int(last)) for first, last in runs]
                            for seal, _count, *more in told["seals"]
                            for runs in more
                        },
                        str(told.get("before") or "").replace(" ", "T"),
                    )
                )
        return purges

    @api.model
    def _sealed(self, number, moment):
        """Return whether a seal later than that of a number was made before a moment.

        As mcp_audit_sealed in sql/retention.sql takes it.
        """
        self.env.cr.execute(
            "SELECT EXISTS (SELECT FROM mcp_audit_seal WHERE id > %s AND time < %s)",
            [number, moment],
        )
        return self.env.cr.fetchone()[0]
