"""Tools that ask a person first, and tools that run a server action."""

import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import mute_logger, tagged

from ..protocol import headers
from .common import MODERN, ToolFailed
from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestConfirmation(ChangesCase):
    def setUp(self):
        super().setUp()
        self.modern = self.client(self.user, MODERN)
        self.tool = self.env.ref("mcp_core.tool_write")
        self.arguments = {
            "model": "res.partner",
            "ids": self.partner.ids,
            "values": {"ref": "B"},
        }

    def ask(self, **params):
        """Call the tool as a client that can ask its person."""
        return self.modern.request(
            "tools/call",
            {
                "name": "write",
                "arguments": self.arguments,
                "_meta": {headers.META_CLIENT_CAPABILITIES: {"elicitation": {}}},
                **params,
            },
        )

    def answer(self, asked, action):
        [key] = asked["inputRequests"]
        return self.ask(
            requestState=asked["requestState"],
            inputResponses={key: {"action": action, "content": {}}},
        )

    def test_the_person_sees_what_will_happen_and_agrees(self):
        self.tool.confirmation = "possible"
        asked = self.ask()
        self.assertEqual(asked["resultType"], "input_required")
        [question] = asked["inputRequests"].values()
        self.assertRegex(
            question["params"]["message"], "Change records: 1 × Contact .“Change me”"
        )
        self.assertEqual(self.partner.ref, "A")
        self.assertFalse(self.answer(asked, "accept").get("isError"))
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "B")

    def test_whoever_does_not_agree_is_obeyed(self):
        self.tool.confirmation = "always"
        for action in ("decline", "cancel", "what", None):
            result = self.answer(self.ask(), action)
            self.assertTrue(result["isError"])
            self.assertIn("did not agree", result["content"][0]["text"])
        self.assertEqual(self.partner.ref, "A")

    def test_a_client_that_can_not_ask(self):
        self.tool.confirmation = "always"
        with self.assertRaisesRegex(ToolFailed, "can't ask"):
            self.mcp.call("write", **self.arguments)
        self.tool.confirmation = "possible"
        self.mcp.call("write", **self.arguments)
        self.assertEqual(self.partner.ref, "B")

    def test_a_dry_run_asks_nobody(self):
        self.tool.confirmation = "always"
        answer = self.mcp.call("write", **self.arguments, dry_run=True)
        self.assertTrue(answer["dry_run"])

    def test_only_deleting_asks_from_the_start(self):
        asking = self.env["mcp.tool"].search([("confirmation", "!=", "never")])
        self.assertEqual(asking.mapped("name"), ["unlink"])


@tagged("post_install", "-at_install")
class TestServerActions(ChangesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Note a reference",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "records.write({'ref': arguments['ref']})\n"
                "result['noted'] = records.mapped('name')\n",
            }
        )
        cls.tool = cls.env["mcp.tool"].create(
            {
                "name": "note_reference",
                "title": "Note a reference",
                "description": "Notes it.",
                "category": "changes",
                "server_action_id": cls.action.id,
                "input_schema": json.dumps(
                    {
                        "type": "object",
                        "properties": {
                            "ids": {"type": "array", "items": {"type": "integer"}},
                            "ref": {"type": "string"},
                        },
                        "required": ["ids", "ref"],
                        "additionalProperties": False,
                    }
                ),
            }
        )

    def test_it_gets_the_arguments_and_its_result_is_read(self):
        answer = self.mcp.call("note_reference", ids=self.partner.ids, ref="N")
        self.assertEqual(answer, {"noted": ["Change me"]})
        self.assertEqual(self.partner.ref, "N")
        self.assertEqual(self.partner.write_uid, self.user)
        self.assertFails("ref", "note_reference", ids=self.partner.ids)

    @mute_logger("odoo.addons.base.models.ir_actions")
    def test_it_has_the_rights_of_the_caller(self):
        poor = self.client(self.new_user("mcp_poor"))
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "res.partner"), ("perm_write", "=", True)]
        ).filtered(lambda access: not access.group_id or access.group_id.name).write(
            {"perm_write": False}
        )
        self.assertFails(
            "not allowed", "note_reference", poor, ids=self.partner.ids, ref="N"
        )
        self.action.code = "env['ir.config_parameter'].get_param('database.secret')"
        self.action.group_ids = self.env.ref("base.group_user")
        self.assertFails("not allowed", "note_reference", ids=self.partner.ids, ref="N")

    def test_what_it_does_is_undone_when_it_fails(self):
        self.action.code += "raise UserError('No.')"
        self.assertFails("No.", "note_reference", ids=self.partner.ids, ref="N")
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.ref, "A")

    @mute_logger("odoo.sql_db")
    def test_a_read_only_one_is_held_to_it(self):
        self.tool.read_only = True
        self.assertFails("only reads", "note_reference", ids=self.partner.ids, ref="N")

    def test_only_members_of_settings_choose_it(self):
        manager = self.new_user("mcp_manager", "base.group_user,mcp_core.group_manager")
        tool = self.tool.with_user(manager)
        tool.title = "Another title"
        with self.assertRaises(AccessError):
            tool.server_action_id = self.action.id
        with self.assertRaises(ValidationError):
            self.tool.method = "_tool_count"
        with self.assertRaises(ValidationError):
            self.tool.server_action_id = False

    def test_the_example_among_the_demo_data_works(self):
        tool = self.env.ref(
            "mcp_core.tool_find_duplicate_contacts", raise_if_not_found=False
        )
        if not tool:
            self.skipTest("this database has no demo data")
        twins = self.env["res.partner"].create(
            [{"name": f"Twin {n}", "email": "twin@example.com"} for n in range(2)]
        )
        groups = self.mcp.call("find_duplicate_contacts", limit=100)["groups"]
        [found] = [group for group in groups if group["email"] == "twin@example.com"]
        self.assertEqual({c["id"] for c in found["contacts"]}, set(twins.ids))
