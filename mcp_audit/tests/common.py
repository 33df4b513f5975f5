"""What the tests of the trail have in common."""

import os
import random
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.addons.mcp_core.tests.common import McpCase, RequestFailed, ToolFailed

from .. import store
from ..event import FINISHED, OUTCOMES, SUCCESS, Event


class AuditCase(McpCase):
    """A test with a user, clients, and the events that they cause."""

    def setUp(self):
        super().setUp()
        # keys and the record of seals outlive a test: they are not in the database
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.startPatcher(patch.dict(os.environ, {"MCP_AUDIT_DIR": folder.name}))
        self.folder = Path(folder.name)
        self.settle()

    def settle(self):
        """Have what was done so far be no event of the test."""
        self.env.flush_all()
        self.env.cr.precommit.clear()
        self.since = self.last_id()

    @classmethod
    def new_key(cls, user, *args, **options):
        """Return a new API key of *user*, which is no event of the test."""
        keys = cls.registry["res.users.apikeys"]
        with patch.object(keys, "_mcp_tell", lambda self, operation: None):
            return super().new_key(user, *args, **options)

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


class RollupCase(AuditCase):
    """A test of figures, which begins without any."""

    def setUp(self):
        super().setUp()
        self.rollups = self.env["mcp.audit.rollup"]
        self.seed = random.randrange(2**32)
        self.random = random.Random(self.seed)
        self.count = 0
        # what was there before is none of the test's
        self.rollups._fold()
        self.env.cr.execute("DELETE FROM mcp_audit_rollup")

    def request(self, day=None, **facts):
        """Append the end of a request; of an earlier day where one is given."""
        self.count += 1
        event = Event(
            FINISHED,
            {
                "request_id": f"rollup-{self.count}",
                "user_id": 7,
                "login": "wren",
                "method": "tools/call",
                "tool": "search",
                "model": "res.partner",
                "client_name": "test",
                "outcome": SUCCESS,
                "duration": 12.5,
                "request_bytes": 200,
                "response_bytes": 1000,
                **facts,
            },
        )
        if day is None:
            store.append(self.env.cr, [event])
            return
        names = ["kind", "time", *event.facts]
        self.env.cr.execute(
            "INSERT INTO mcp_audit_event ({}) VALUES ({})".format(
                ", ".join(names), ", ".join(["%s"] * len(names))
            ),
            [FINISHED, day, *event.facts.values()],
        )

    def any_request(self, day=None):
        choose = self.random.choice
        user = choose([None, 7, 7, 8, 9])
        self.request(
            day,
            user_id=user,
            login=choose(["wren", "finch"]) if user else "guessed",
            tool=choose(["search", "read", None]),
            model=choose(["res.partner", None]),
            client_name=choose(["test", None, "x" * 128]),
            outcome=choose(OUTCOMES),
            duration=choose([None, round(self.random.lognormvariate(3, 2), 3)]),
            request_bytes=choose([None, 2**30]),
        )
