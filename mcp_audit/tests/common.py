"""What the tests of the trail have in common."""

from odoo.addons.mcp_core.tests.common import McpCase, RequestFailed, ToolFailed


class AuditCase(McpCase):
    """A test with a user, clients, and the events that they cause."""

    def setUp(self):
        super().setUp()
        self.since = self.last_id()

    def attempt(self, call):
        """Call what is expected to fail.

        Not assertRaises: of Odoo's own, that would undo what the server has appended.
        """
        try:
            call()
        except (RequestFailed, ToolFailed):
            return
        self.fail("it did not fail")

    def last_id(self):
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM mcp_audit_event")
        return self.env.cr.fetchone()[0]

    def events(self, *kinds):
        """Return the events since the test began, in their order."""
        self.env.invalidate_all()
        domain = [("id", ">", self.since)]
        if kinds:
            domain.append(("kind", "in", kinds))
        return self.env["mcp.audit.event"].search(domain, order="id")

    def payloads(self, events):
        """Return {side: body} of what was kept of the requests of some events."""
        self.env.cr.execute(
            "SELECT side, body FROM mcp_audit_payload WHERE request_id = ANY(%s)",
            [[event.request_id for event in events if event.request_id]],
        )
        return dict(self.env.cr.fetchall())
