"""What was asked and answered can be erased; that it was, stays."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .retention_common import RetentionCase


@tagged("post_install", "-at_install")
class TestErasure(RetentionCase):
    def setUp(self):
        super().setUp()
        self.eraser = self.new_user(
            "eraser",
            "base.group_user,mcp_audit.group_auditor,mcp_core.group_manager",
        )

    def wizard(self, user=None, requests=(), **vals):
        events = self.env["mcp.audit.event"].search(
            [("request_id", "in", list(requests))]
        )
        wizards = self.env["mcp.audit.erasure"].with_user(user or self.eraser)
        return wizards.with_context(
            active_model="mcp.audit.event", active_ids=events.ids
        ).create({"reason": "Asked for", **vals})

    def erased(self, request):
        self.env.cr.execute(
            "SELECT erased IS NOT NULL, salt, body, full_digest, size"
            " FROM mcp_audit_payload WHERE request_id = %s",
            [request],
        )
        return self.env.cr.fetchone() == (True, "", "", "", 0)

    def test_chosen_requests_are_erased_at_once(self):
        chosen, other = self.request(2, request_digest="d"), self.request(2)
        self.wizard(requests=[chosen]).action_erase()
        self.assertTrue(self.erased(chosen))
        self.assertFalse(self.erased(other))
        event = self.env["mcp.audit.event"].search([("request_id", "=", chosen)])
        self.assertEqual(event.request_digest, "d")
        told = self.events("audit.erased")
        self.assertEqual(told.user_id, self.eraser.id)
        self.assertEqual(told.details["requests"], [chosen])
        self.assertEqual(told.details["reason"], "Asked for")
        self.assertEqual((told.details["erased"], told.details["held"]), (1, 0))

    def test_all_of_one_user_is_erased_by_a_job(self):
        of_user = [self.request(n, user_id=self.user.id) for n in range(3)]
        other = self.request(2, user_id=1)
        wizard = self.wizard(scope="user", user_id=self.user.id)
        with trap_jobs() as trap:
            window = wizard.action_erase()
            self.assertFalse(self.erased(of_user[0]))
            trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        self.assertTrue(all(self.erased(request) for request in of_user))
        self.assertFalse(self.erased(other))
        purge = self.purges.browse(window["res_id"])
        self.assertEqual((purge.state, purge.deleted), ("done", 3))
        told = self.events("audit.erased").details
        self.assertEqual((told["erased_user"], told["erased"]), (self.user.id, 3))

    def test_a_user_who_is_deleted_can_be_named_by_number(self):
        request = self.request(2, user_id=987654)
        with trap_jobs() as trap:
            self.wizard(scope="user", deleted_user=987654).action_erase()
            trap.perform_enqueued_jobs()
        self.assertTrue(self.erased(request))

    def test_what_is_held_is_not_erased(self):
        held, free = self.request(2, tool="write"), self.request(2, tool="read")
        self.hold(tool_names="write")
        self.wizard(requests=[held, free]).action_erase()
        self.assertFalse(self.erased(held))
        self.assertTrue(self.erased(free))
        told = self.events("audit.erased").details
        self.assertEqual((told["erased"], told["held"]), (1, 1))

    def test_erasing_twice_erases_nothing_more(self):
        request = self.request(2)
        self.wizard(requests=[request]).action_erase()
        self.wizard(requests=[request]).action_erase()
        told = [event.details["erased"] for event in self.events("audit.erased")]
        self.assertEqual(told, [1, 0])

    def test_the_place_of_what_was_erased_goes_when_its_days_are_over(self):
        self.days(payloads=10)
        request = self.request(20)
        self.wizard(requests=[request]).action_erase()
        self.assertTrue(self.erased(request))
        self.purge()
        self.assertFalse(self.contents(request))

    def test_who_erases_is_auditor_and_administrator(self):
        request = self.request(2)
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        with self.assertRaises(AccessError):
            self.wizard(auditor, [request]).action_erase()
        with self.assertRaises(AccessError):
            self.wizard(manager)
        self.assertFalse(self.erased(request))

    def test_it_says_what_is_missing(self):
        for vals in ({"scope": "chosen"}, {"scope": "user"}):
            with self.assertRaises(UserError):
                self.wizard(**vals).action_erase()
