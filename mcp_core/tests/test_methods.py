"""Calling methods: what may be called, what comes of it, windows and wizards."""

import socket
from email.message import EmailMessage

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ToolFailed
from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestMethods(ChangesCase):
    def method(self, function, name="mcp_test_method", model="res.partner"):
        """Give a model a public method for the length of a test."""
        owner = self.registry[model]
        if name not in vars(owner):
            self.addCleanup(delattr, owner, name)
        setattr(owner, name, function)
        return name

    def press(self, method, **arguments):
        arguments.setdefault("ids", self.partner.ids)
        return self.mcp.call(
            "method_call", model="res.partner", method=method, **arguments
        )

    def assertRefused(self, words, method, **arguments):
        with self.assertRaisesRegex(ToolFailed, words):
            self.press(method, **arguments)

    # which method

    def test_a_button_is_pressed(self):
        self.assertEqual(self.press("action_archive"), {"done": True})
        self.assertFalse(self.partner.active)

    def test_what_is_no_button_is_refused(self):
        for method in (
            "_compute_display_name",
            "__init__",
            "sudo",
            "with_user",
            "browse",
            "env",
            "_name",
            "no_such_method",
            "export_data",
            "load",
        ):
            self.assertRefused("no method", method)
        for method, tool in (("write", "write"), ("search_read", "search")):
            self.assertRefused(f"use the tool {tool}", method)

    def test_what_has_no_archive_is_not_archived(self):
        for method in ("action_archive", "action_unarchive"):
            with self.assertRaisesRegex(ToolFailed, "no method"):
                self.mcp.call(
                    "method_call",
                    model="res.country.state",
                    method=method,
                    ids=self.env["res.country.state"].search([], limit=1).ids,
                )

    def test_a_method_near_the_name_is_proposed(self):
        self.assertRefused("action_archive", "action_archiv")

    def test_arguments_have_to_fit_the_method(self):
        method = self.method(lambda self, reason, times=1: f"{reason} × {times}")
        answer = self.press(method, arguments={"reason": "late", "times": 2})
        self.assertEqual(answer["result"], {"value": "late × 2"})
        self.assertRefused("It takes: reason, times", method, arguments={"x": 1})
        self.assertRefused("missing", method)

    def test_a_method_of_records_needs_records_that_are_there(self):
        self.assertRefused("give their ids", "action_archive", ids=[])
        self.assertRefused("no records", "action_archive", ids=[2**30])
        method = self.method(api.model(lambda self: 1))
        self.assertRefused("of the model", method)
        self.assertEqual(self.press(method, ids=[])["result"], {"value": 1})

    # what comes of it

    def test_whatever_is_returned_the_method_is_done(self):
        for returned, expected in (
            (None, {}),
            (True, {}),
            (object(), {}),
            ({1, 2}, {}),
            ([self.partner], {}),
            (5, {"result": {"value": 5}}),
            ({"a": [1, None]}, {"result": {"value": {"a": [1, None]}}}),
            ({"type": "ir.actions.act_window_close"}, {}),
            (
                {"type": "ir.actions.act_url", "url": "/x?access_token=secret"},
                {"opened": {"url": f"{self.partner.get_base_url()}/x"}},
            ),
        ):

            def method(self, returned=returned):
                self.ref = f"{self.ref}+"
                return returned

            before = self.partner.ref
            answer = self.press(self.method(method))
            self.assertEqual(answer, {"done": True, **expected}, returned)
            self.partner.invalidate_recordset()
            self.assertEqual(self.partner.ref, f"{before}+")

    def test_records_come_back_with_their_names(self):
        method = self.method(lambda self: self | self.env.company.partner_id)
        answer = self.press(method)
        self.assertEqual(answer["model"], "res.partner")
        self.assertEqual(
            answer["records"][0], {"id": self.partner.id, "name": "Change me"}
        )

    def test_an_error_leaves_nothing_behind(self):
        ran = []

        def method(self):
            self.ref = "half"
            self.env.cr.postcommit.add(lambda: ran.append(1))
            raise UserError(self.env._("Not like that."))

        self.assertRefused("Not like that", self.method(method))
        self.env.cr.postcommit.run()
        self.partner.invalidate_recordset()
        self.assertEqual((self.partner.ref, ran), ("A", []))

    def test_what_commits_on_its_own_is_undone_all_the_same(self):
        def method(self, fails=True):
            self.ref = "committed"
            self.env.cr.commit()  # pylint: disable=invalid-commit
            if fails:
                raise UserError(self.env._("Too late?"))

        name = self.method(method)
        self.assertRefused("Too late", name)
        self.press(name, dry_run=True, arguments={"fails": False})
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "A")
        self.press(name, arguments={"fails": False})
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "committed")
        name = self.method(lambda self: self.env.cr.rollback())
        self.assertRefused("undoes its whole transaction", name)

    def test_a_notification_for_people_is_told(self):
        action = {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": "Well", "message": "done.", "next": {"type": "x"}},
        }
        answer = self.press(self.method(lambda self: action))
        self.assertEqual(answer["message"], "Well done.")

    def test_a_window_on_a_record_names_it(self):
        answer = self.press("open_commercial_entity")
        self.assertEqual(answer["opened"]["id"], self.partner.id)
        self.assertEqual(answer["opened"]["name"], "Change me")

    def test_a_window_on_configuration_is_closed(self):
        action = {"type": "ir.actions.act_window", "res_model": "ir.cron", "res_id": 1}
        opened = self.press(self.method(lambda self: action))["opened"]
        self.assertEqual(set(opened), {"title", "model", "next"})

    # wizards

    def wizard(self, **context):
        """Return what a method answers that opens a wizard of base."""
        action = {
            "type": "ir.actions.act_window",
            "name": "Merge",
            "res_model": "base.partner.merge.automatic.wizard",
            "view_mode": "form",
            "context": context or {"default_number_group": 7},
        }
        return self.press(self.method(lambda self: action))["opened"]

    def fill_in(self, opened, client=None, **values):
        return (client or self.mcp).call(
            "create",
            model=opened["model"],
            records=[values],
            handle=opened["handle"],
        )

    def test_a_wizard_is_filled_in_and_its_button_pressed(self):
        opened = self.wizard()
        self.assertIn("create one record", opened["next"])
        self.assertTrue(opened["buttons"])
        answer = self.fill_in(opened)
        wizard = self.env[opened["model"]].browse(answer["records"][0]["id"])
        self.assertEqual(wizard.number_group, 7, "by the context of the action")
        self.assertIn(str(wizard.id), answer["next"])

        def finish(self):
            partner = self.env["res.partner"].browse(self.env.context["active_ids"])
            partner.ref = f"group {self.number_group}"

        method = self.method(finish, "mcp_test_finish", opened["model"])
        answer = self.mcp.call(
            "method_call",
            model=opened["model"],
            method=method,
            ids=wizard.ids,
            handle=opened["handle"],
        )
        self.assertEqual(answer, {"done": True})
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "group 7")

    def test_a_wizard_without_its_handle_is_warned_about_and_not_pressed(self):
        opened = self.wizard()
        answer = self.mcp.call("create", model=opened["model"], records=[{}])
        self.assertIn("does not know what it is about", answer["warnings"][0])
        arguments = {
            "model": opened["model"],
            "method": "action_skip",
            "ids": [answer["records"][0]["id"]],
        }
        with self.assertRaisesRegex(ToolFailed, "needs the handle"):
            self.mcp.call("method_call", **arguments)
        self.mcp.call("method_call", **arguments, handle=answer["handle"])

    def test_that_warning_leaves_those_about_its_values(self):
        opened = self.wizard()
        answer = self.mcp.call(
            "create", model=opened["model"], records=[{"state": "option"}]
        )
        self.assertIn("changed by a button", answer["warnings"][0])
        self.assertIn("does not know what it is about", answer["warnings"][1])

    def test_a_context_may_be_an_expression_of_odoo(self):
        action = {
            "type": "ir.actions.act_window",
            "res_model": "base.partner.merge.automatic.wizard",
            "context": "{'default_number_group': len(active_ids) + uid}",
        }
        opened = self.press(self.method(lambda self: action))["opened"]
        answer = self.fill_in(opened)
        wizard = self.env[opened["model"]].browse(answer["records"][0]["id"])
        self.assertEqual(wizard.number_group, 1 + self.user.id)

    def test_a_handle_is_for_one_caller_and_one_model(self):
        opened = self.wizard()
        handle = opened["handle"]
        other = self.client(
            self.new_user(
                "mcp_other",
                "base.group_user,mcp_core.group_user,base.group_partner_manager",
            )
        )
        with self.assertRaisesRegex(ToolFailed, "not valid"):
            self.fill_in(opened, other)
        for forged in (handle[:-2] + "xx", "x", handle + "A", "AA" * 50, "é"):
            with self.assertRaisesRegex(ToolFailed, "not valid"):
                self.fill_in({**opened, "handle": forged})
        with self.assertRaisesRegex(ToolFailed, "not valid"):
            self.mcp.call(
                "create",
                model="res.partner",
                records=[{"name": "x"}],
                handle=handle,
            )

    # trying out

    def test_a_dry_run_sends_no_mail_and_calls_nobody(self):
        message = EmailMessage()
        message["From"], message["To"] = "a@example.com", "b@example.com"
        message["Message-Id"] = "<test@example.com>"

        def mail(self):
            self.env["ir.mail_server"].send_email(message)
            self.ref = self.env["ir.sequence"].next_by_code("mcp.test")

        sequence = self.env["ir.sequence"].create(
            {"name": "Test numbers", "code": "mcp.test", "company_id": False}
        )
        answer = self.press(self.method(mail), dry_run=True)
        self.assertEqual(
            answer["changed"][0]["fields"]["ref"], {"before": "A", "after": "1"}
        )
        self.assertRegex(" ".join(answer["notes"]), "1 mails.*Test numbers")
        self.assertEqual(sequence.number_next_actual, 2)

        def call_out(self):
            with socket.create_connection(("localhost", 9), 1):
                pass

        method = self.method(call_out, "mcp_test_call")
        self.assertRefused("another computer", method, dry_run=True)

    def test_a_dry_run_of_a_method_gives_no_handle(self):
        action = {
            "type": "ir.actions.act_window",
            "res_model": "base.partner.merge.automatic.wizard",
        }

        def method(self):
            self.ref = "opened"
            return action

        answer = self.press(self.method(method), dry_run=True)
        self.assertNotIn("handle", answer["opened"])
        self.assertEqual(answer["changed"][0]["fields"]["ref"]["after"], "opened")
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "A")

    def test_a_key_makes_a_method_run_once(self):
        def method(self):
            self.ref = f"{self.ref}!"

        name = self.method(method)
        for _time in range(3):
            self.press(name, idempotency_key="k")
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "A!")
