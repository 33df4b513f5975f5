"""Trying a tool: as a client's call, and undone unless it is to stay."""

import json

from odoo import Command, api
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, mute_logger, tagged

from ..decorators import tool_method
from .common import McpCase


@tagged("post_install", "-at_install")
class TestToolTrial(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.new_user("mcp_boss", "mcp_core.group_manager")
        cls.count = cls.env.ref("mcp_core.tool_count")

    def tried(self, tool, arguments=None, keep=False, user=None):
        """Try a tool, with the proposed arguments without others."""
        trials = self.env["mcp.tool.trial"].with_user(user or self.manager)
        values = {"tool_id": tool.id, "keep": keep}
        if arguments is not None:
            values["arguments"] = arguments
        trial = trials.create(values)
        action = trial.action_run()
        self.assertEqual(action["res_id"], trial.id)
        return trial

    def test_the_answer_is_what_the_model_reads(self):
        trial = self.tried(self.count, '{"model": "res.partner"}')
        client = self.client(self.manager)
        arguments = {"name": "count", "arguments": {"model": "res.partner"}}
        sent = client.request("tools/call", arguments)["content"][0]["text"]
        self.assertEqual(trial.answer, sent)
        self.assertFalse(trial.is_error)
        self.assertEqual(trial.size, len(sent.encode()))
        self.assertEqual(trial.tokens, -(-trial.size // 4))
        self.assertEqual(json.loads(trial.formatted), json.loads(sent))

    def test_an_error_is_shown_as_the_model_reads_it(self):
        trial = self.tried(self.count, '{"model": "res.partner", "domain": 5}')
        self.assertTrue(trial.is_error)
        self.assertIn("Invalid arguments: domain", trial.answer)
        self.assertFalse(trial.formatted)

    def test_it_runs_with_the_rights_of_the_person(self):
        trial = self.tried(self.count, '{"model": "ir.config_parameter"}')
        self.assertTrue(trial.is_error)
        self.assertIn("no model", trial.answer)

    def test_arguments_start_with_what_the_schema_says(self):
        form = Form(
            self.env["mcp.tool.trial"]
            .with_user(self.manager)
            .with_context(default_tool_id=self.count.id)
        )
        self.assertEqual(
            json.loads(form.arguments), {"model": "res.partner", "domain": []}
        )

    def test_arguments_that_are_no_json_object_are_refused(self):
        for arguments, reason in (("{", "not valid JSON"), ("[]", "JSON object")):
            with self.assertRaisesRegex(UserError, reason):
                self.tried(self.count, arguments)

    def test_a_tool_that_is_not_offered_is_not_run(self):
        group = self.env["res.groups"].create({"name": "Others"})
        self.count.group_ids = [Command.link(group.id)]
        with self.assertRaisesRegex(UserError, "not offered"):
            self.tried(self.count)

    def provide_changing(self):
        """Offer a tool that makes a partner and does something after the commit."""
        committed = []

        @api.model
        @tool_method
        def _tool_probe(tools, exchange, name):
            tools.env.cr.postcommit.add(lambda: committed.append(name))
            return {"id": tools.env["res.partner"].create({"name": name}).id}

        model_class = type(self.env["mcp.tool"])
        model_class._tool_probe = _tool_probe
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(delattr, model_class, "_tool_probe")
        self.env.registry.clear_cache()
        schema = {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        }
        tool = self.env["mcp.tool"].create(
            {
                "name": "probe",
                "title": "Probe",
                "description": "Only here for the test.",
                "method": "_tool_probe",
                "input_schema": json.dumps(schema),
            }
        )
        self.env.flush_all()
        self.manager.group_ids = [
            Command.link(self.env.ref("base.group_partner_manager").id)
        ]
        return tool, committed

    def test_changes_are_undone_unless_they_are_to_stay(self):
        tool, committed = self.provide_changing()
        partners = self.env["res.partner"]
        trial = self.tried(tool, '{"name": "Gone"}')
        self.assertFalse(trial.is_error, trial.answer)
        self.assertIn("id", json.loads(trial.answer))
        self.assertFalse(trial.was_kept)
        self.assertFalse(partners.search([("name", "=", "Gone")]))
        # nothing is left to be done once something else is committed
        self.env.cr.postcommit.run()
        self.assertFalse(committed)
        trial = self.tried(tool, '{"name": "Stays"}', keep=True)
        self.assertTrue(trial.was_kept)
        self.assertEqual(len(partners.search([("name", "=", "Stays")])), 1)
        self.env.cr.postcommit.clear()

    def test_keeping_is_chosen_anew_for_each_run(self):
        tool, _committed = self.provide_changing()
        trial = self.tried(tool, '{"name": "Once"}', keep=True)
        self.assertFalse(trial.keep)
        trial.action_run()
        partners = self.env["res.partner"].search([("name", "=", "Once")])
        self.assertEqual(len(partners), 1)
        self.env.cr.postcommit.clear()

    def test_a_tool_that_only_reads_keeps_nothing(self):
        trial = self.tried(self.count, '{"model": "res.partner"}', keep=True)
        self.assertFalse(trial.was_kept)

    def test_only_administrators_of_mcp_try_tools(self):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            self.tried(self.count, user=self.user)


@tagged("post_install", "-at_install")
class TestUsersOfOffers(McpCase):
    def test_the_users_of_a_tool_are_those_it_is_offered_to(self):
        tool = self.env.ref("mcp_core.tool_count")
        users = self.env["res.users"]

        def shown():
            tool.invalidate_recordset(["user_count"])
            found = users.search(tool.action_view_users()["domain"])
            self.assertEqual(tool.user_count, len(found))
            return found

        self.assertIn(self.user, shown())
        self.assertNotIn(self.new_user("plain", "base.group_user"), shown())
        group = self.env["res.groups"].create({"name": "Few"})
        tool.group_ids = [Command.link(group.id)]
        self.assertFalse(shown())
        self.user.group_ids = [Command.link(group.id)]
        self.assertEqual(shown(), self.user)
        tool.active = False
        self.assertFalse(shown())
