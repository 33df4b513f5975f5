"""A test of what goes after some time."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from odoo import fields
from odoo.tools import SQL

from ..event import FINISHED
from .common import AuditCase


class RetentionCase(AuditCase):
    """A test with old events, and seals over them."""

    def setUp(self):
        super().setUp()
        self.purges = self.env["mcp.audit.purge"]
        self.retention = self.env["mcp.audit.retention"]
        self.today = datetime.combine(fields.Date.today(), time.min)
        # what installing the addons has told of is none of the test's
        self.tamper("DELETE FROM mcp_audit_event")

    def tamper(self, statement, *values):
        """Change the store as the owner of its tables could."""
        cr = self.env.cr
        tables = [
            SQL.identifier(f"mcp_audit_{name}")
            for name in ("event", "payload", "seal", "leaf")
        ]
        for table in tables:
            cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", table))
        cr.execute(SQL(statement, *values))
        for table in tables:
            cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", table))

    def days(self, **groups):
        for name, days in groups.items():
            self.env["ir.config_parameter"].set_param(
                f"mcp_audit.retention_days_{name}", str(days)
            )

    def event(self, days, kind=FINISHED, sealed=True, **columns):
        """Append an event of some days before this midnight, and return its id."""
        when = self.today - timedelta(days=days)
        columns = {"request_id": uuid4().hex, **columns, "kind": kind, "time": when}
        self.env.cr.execute(
            SQL(
                "INSERT INTO mcp_audit_event (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                tuple(columns.values()),
            )
        )
        [(event_id,)] = self.env.cr.fetchall()
        # what is not in the figures yet is not deleted
        self.env.cr.execute(
            "UPDATE mcp_audit_checkpoint SET last_id = %s WHERE name = 'rollup'",
            [event_id],
        )
        if sealed:
            self.seal(event_id, event_id, when)
        return event_id

    def seal(self, first, last, when):
        """Have it said that a range of events was sealed at some time."""
        self.env.cr.execute(
            """
            INSERT INTO mcp_audit_seal (id, time, first_id, last_id, count, groups,
                                        previous, key_id, signature)
            SELECT COALESCE(max(id), 0) + 1, %s, %s, %s, %s, '[]', '', '', ''
              FROM mcp_audit_seal
            """,
            [when, first, last, last - first + 1],
        )

    def payload(self, request_id, days, side="request"):
        self.env.cr.execute(
            """
            INSERT INTO mcp_audit_payload (time, request_id, side, salt, body, size,
                                           full_digest)
            VALUES (%s, %s, %s, 'salt', '{"a":1}', 7, 'digest')
            """,
            [self.today - timedelta(days=days), request_id, side],
        )

    def request(self, days, payload_days=None, **columns):
        """Append a request with what was asked, and return its id."""
        request_id = uuid4().hex
        self.event(days, request_id=request_id, **columns)
        self.payload(request_id, days if payload_days is None else payload_days)
        return request_id

    def hold(self, **vals):
        hold = self.env["mcp.audit.hold"].create(
            {"name": "Trial", "reason": "Court", **vals}
        )
        hold.action_place()
        self.env.cr.flush()
        return hold

    def purge(self):
        purge = self.purges._plan()
        self.env.cr.flush()
        purge._run()
        self.env.invalidate_all()
        self.assertEqual(purge.state, "done")
        return purge

    def left(self, *ids):
        """Return those of some events that are still there."""
        self.env.cr.execute(
            "SELECT id FROM mcp_audit_event WHERE id = ANY(%s) ORDER BY id", [list(ids)]
        )
        return [event_id for (event_id,) in self.env.cr.fetchall()]

    def contents(self, *requests):
        """Return {request: body} of what is still there of some requests."""
        self.env.cr.execute(
            "SELECT request_id, body FROM mcp_audit_payload WHERE request_id = ANY(%s)",
            [list(requests)],
        )
        return dict(self.env.cr.fetchall())
