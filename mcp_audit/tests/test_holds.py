"""What is under a hold stays until the hold is released."""

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..event import BEGUN
from .retention_common import RetentionCase


@tagged("post_install", "-at_install")
class TestHolds(RetentionCase):
    def setUp(self):
        super().setUp()
        self.days(requests=40, security=40, changes=40, payloads=40)

    # What is held

    def test_each_condition_holds_what_meets_it(self):
        year = self.today.date().replace(year=self.today.year - 3)
        for vals, meets, other in (
            ({"user_ids": self.user.ids}, {"user_id": self.user.id}, {"user_id": 1}),
            ({"model_names": "a, b"}, {"model": "b"}, {"model": "c"}),
            ({"tool_names": "write"}, {"tool": "write"}, {"tool": "read"}),
            ({"domain": "[('login', '=', 'x')]"}, {"login": "x"}, {"login": "y"}),
            ({"domain": "[('address', 'in', ['::1'])]"}, {"address": "::1"}, {}),
            ({"domain": "[('resource', '=', 'r')]"}, {"resource": "r"}, {}),
            ({"domain": "[('prompt', '=', 'p')]"}, {"prompt": "p"}, {}),
            ({"domain": "[('credential', '=', 'c')]"}, {"credential": "c"}, {}),
            ({"domain": "[('client_name', '=', 'c')]"}, {"client_name": "c"}, {}),
            ({"domain": "[('request_id', '=', 'r')]"}, {"request_id": "r"}, {}),
            ({"domain": "[('session_id', '=', 7)]"}, {"session_id": 7}, {}),
            ({"domain": f"[('kind', '=', '{BEGUN}')]"}, {"kind": BEGUN}, {}),
            (
                {"date_to": year},
                {"days": 1200},
                {"days": 900},
            ),
            ({"date_from": year}, {"days": 900}, {}),
            (
                {"tool_names": "write", "domain": "['&', ('login', '=', 'x')]"},
                {"tool": "write", "login": "x"},
                {"tool": "write"},
            ),
            ({}, {}, None),
        ):
            hold = self.hold(**vals)
            held = self.event(**{"days": 1300, **meets})
            free = [] if other is None else [self.event(**{"days": 1300, **other})]
            self.purge()
            with self.subTest(conditions=vals):
                self.assertEqual(self.left(held, *free), [held])
            hold.release_reason = "Over"
            hold.action_release()
            self.env.cr.flush()
            self.purge()
            with self.subTest(released=vals):
                self.assertFalse(self.left(held))

    def test_the_days_of_a_hold_are_whole(self):
        day = self.today.date().replace(year=self.today.year - 2)
        self.hold(date_from=day, date_to=day)
        age = (self.today.date() - day).days
        held = [self.event(age), self.event(age - 0.99)]
        free = [self.event(age - 1), self.event(age + 0.01)]
        self.purge()
        self.assertEqual(self.left(*held, *free), held)

    def test_what_was_asked_is_held_with_its_request(self):
        held, free = self.request(50, tool="write"), self.request(50, tool="read")
        self.hold(tool_names="write")
        self.purge()
        self.assertEqual(set(self.contents(held, free)), {held})

    def test_a_hold_that_comes_while_it_runs_is_obeyed(self):
        events = [self.event(50, tool="write") for _ in range(3)]
        purge = self.purges._plan()
        step = purge._prepared()
        for _ in range(2):
            purge._apart(step, 1)
        self.hold(tool_names="write")
        while purge._apart(step, 1):
            pass
        self.assertEqual(self.left(*events), events[1:])

    def test_whoever_places_a_hold_waits_for_what_is_being_deleted(self):
        with self.registry.cursor() as cr:
            self.retention._steady(cr)
            cr.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                " AND classid = 7165 AND objid = 2 AND mode = 'ExclusiveLock'"
            )
            self.assertEqual(cr.fetchone()[0], 1)
        self.env["mcp.audit.hold"].create({"name": "a", "reason": "b"})
        self.env.cr.flush()
        self.env.cr.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = 7165 AND objid = 2 AND mode = 'ShareLock'"
            " AND pid = pg_backend_pid()"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 1)

    # Holds themselves

    def test_conditions_are_simple_ones(self):
        for domain in (
            "[('login', 'ilike', 'x')]",
            "['|', ('login', '=', 'x'), ('login', '=', 'y')]",
            "[('outcome', '=', 'success')]",
            "[('login', '=', False)]",
            "[('user_id', '=', '7')]",
            "[('login', 'in', [])]",
            "__import__('os')",
            "[('login', '=', 'x'), ('login', '=', 'y')]",
            "7",
            f"[('user_id', '=', {10**30})]",
            r"[('login', '=', '\ud800')]",
            r"[('login', '=', 'a\0')]",
            "[" * 5000,
        ):
            with self.subTest(domain=domain[:40]), self.assertRaises(ValidationError):
                self.hold(domain=domain)

    def test_a_hold_outlives_what_it_names(self):
        hold = self.hold(user_ids=self.user.ids)
        self.assertEqual(hold.conditions, {"user_id": self.user.ids})
        held = self.event(50, user_id=self.user.id)
        self.user.unlink()
        self.purge()
        self.assertTrue(self.left(held))

    def test_a_hold_that_was_placed_is_only_released(self):
        hold = self.hold(tool_names="write")
        for change in (
            lambda: hold.write({"tool_names": "read"}),
            lambda: hold.write({"state": "draft"}),
            lambda: hold.write({"conditions": {}}),
            hold.unlink,
            hold.action_place,
            hold.action_release,
            lambda: hold.create({"name": "a", "reason": "b", "state": "active"}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(hold.copy().state, "draft")
        hold.release_reason = "Over"
        hold.action_release()
        for change in (
            lambda: hold.write({"release_reason": "Else"}),
            hold.unlink,
            hold.action_release,
        ):
            with self.assertRaises(UserError):
                change()

    @mute_logger("odoo.sql_db")
    def test_postgresql_itself_refuses_to_weaken_it(self):
        hold = self.hold(tool_names="write")
        for statement in (
            "DELETE FROM mcp_audit_hold WHERE id = %s",
            "UPDATE mcp_audit_hold SET state = 'draft' WHERE id = %s",
            "UPDATE mcp_audit_hold SET conditions = '{}' WHERE id = %s",
            "UPDATE mcp_audit_hold SET date_to = '2000-01-01' WHERE id = %s",
        ):
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, hold.ids)

    def test_placing_and_releasing_are_events(self):
        hold = self.hold(tool_names="write", date_to=self.today)
        hold.release_reason = "Over"
        hold.action_release()
        self.env.cr.flush()
        placed, released = self.events("hold.placed", "hold.released")
        self.assertEqual(placed.details["held_tool"], ["write"])
        self.assertEqual(placed.details["reason"], "Court")
        self.assertEqual(placed.user_id, self.env.uid)
        self.assertEqual(released.details["hold"], hold.id)
        self.assertEqual(released.details["reason"], "Over")

    def test_auditors_place_holds_and_administrators_see_them(self):
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        holds = self.env["mcp.audit.hold"]
        hold = holds.with_user(auditor).create({"name": "a", "reason": "b"})
        hold.action_place()
        self.assertEqual(hold.placed_by, auditor)
        seen = hold.with_user(manager)
        self.assertEqual(seen.name, "a")
        for change in (
            seen.action_release,
            lambda: seen.create({"name": "a", "reason": "b"}),
            lambda: seen.write({"release_reason": "c"}),
        ):
            with self.assertRaises(AccessError):
                change()
        draft = holds.with_user(auditor).create({"name": "a", "reason": "b"})
        with self.assertRaises(AccessError):
            draft.with_user(manager).action_place()
        self.assertFalse(holds.with_user(self.user).has_access("read"))
