"""The store only grows, whoever asks."""

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import store
from ..event import FINISHED, Event
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
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.append(request_id="a")

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
