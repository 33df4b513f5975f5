"""The store only grows, whoever asks."""

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import store
from ..event import BEGUN, FINISHED, Event
from ..redaction import payload
from .common import AuditCase


@tagged("post_install", "-at_install")
class TestStore(AuditCase):
    def append(self, **facts):
        store.append(self.env.cr, [Event(FINISHED, facts)])
        return self.events()[-1]

    def test_what_is_appended_is_read_again(self):
        event = self.append(
            request_id="a", record_ids=[3, 4], details={"é": "ü"}, duration=1.25
        )
        self.assertEqual(event.record_ids, [3, 4])
        self.assertEqual(event.details, {"é": "ü"})
        self.assertEqual(event.duration, 1.25)

    def test_the_orm_neither_writes_nor_deletes(self):
        event = self.append(request_id="a")
        for change in (
            lambda: event.write({"login": "x"}),
            lambda: event.sudo().unlink(),
            lambda: event.create({"kind": "x"}),
            lambda: event.copy(),
        ):
            with self.assertRaises(UserError):
                change()

    @mute_logger("odoo.sql_db")
    def test_postgresql_itself_refuses_to_change_it(self):
        self.append(request_id="a")
        for statement in (
            "UPDATE mcp_audit_event SET login = 'x'",
            "DELETE FROM mcp_audit_event",
            "TRUNCATE mcp_audit_event",
            "UPDATE mcp_audit_payload SET body = ''",
            "DELETE FROM mcp_audit_payload",
            "TRUNCATE mcp_audit_payload",
        ):
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_a_request_ends_once(self):
        self.append(request_id="a")
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation) as caught,
            self.env.cr.savepoint(),
        ):
            self.append(request_id="a")
        self.assertTrue(store.is_second(caught.exception))

    def again(self, table, last):
        """Have the ids of a table come again."""
        self.env.cr.execute(f"ALTER TABLE {table} ALTER id RESTART WITH {last}")

    @mute_logger("odoo.sql_db")
    def test_an_id_that_comes_again_is_no_end(self):
        """Nor is what was asked lost without a word."""
        self.again("mcp_audit_event", self.append(request_id="a").id)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation) as caught,
            self.env.cr.savepoint(),
        ):
            self.append(request_id="b")
        self.assertFalse(store.is_second(caught.exception))
        self.append(request_id="b")
        asked = [Event(FINISHED, {"request_id": "c"}, [payload("request", {"n": 1})])]
        store.append(self.env.cr, asked)
        self.env.cr.execute("SELECT max(id) FROM mcp_audit_payload")
        self.again("mcp_audit_payload", self.env.cr.fetchone()[0])
        asked = [Event(FINISHED, {"request_id": "d"}, [payload("request", {"n": 1})])]
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            store.append(self.env.cr, asked)

    @mute_logger("odoo.sql_db")
    def test_the_recovery_takes_no_such_id_for_an_end(self):
        store.append(self.env.cr, [Event(BEGUN, {"request_id": "a"})])
        last = self.last_id()
        self.again("mcp_audit_event", last)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            store.recover(self.env.cr, last, -1)
        self.assertEqual(store.recover(self.env.cr, last, -1), 1)

    def test_no_event_is_still_to_come_below_the_settled_one(self):
        event = self.append(request_id="a")
        self.assertEqual(store.settled(self.env.cr), event.id)

    def test_only_auditors_read(self):
        self.append(request_id="a")
        events = self.env["mcp.audit.event"]
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        self.assertTrue(events.with_user(auditor).search([], limit=1).kind)
        self.assertFalse(events.with_user(manager).has_access("read"))
        self.assertFalse(events.with_user(self.user).has_access("read"))
