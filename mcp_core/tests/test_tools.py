"""Tools as records: what is accepted, who is offered which."""

import json

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import (
    Form,
    TransactionCase,
    mute_logger,
    new_test_user,
    tagged,
)

from .common import LATEST_LEGACY, LEGACY, MODERN, McpCase, RequestFailed


@tagged("post_install", "-at_install")
class TestToolRecords(TransactionCase):
    def setUp(self):
        super().setUp()
        self.tool = self.env.ref("mcp_core.tool_count")

    def test_a_name_that_clients_refuse_is_refused(self):
        for name in ("", "two words", "x" * 65, "naïve", "a/b"):
            with self.assertRaises(ValidationError):
                self.tool.name = name or " "

    @mute_logger("odoo.sql_db")
    def test_two_tools_cannot_share_a_name(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.ref("mcp_core.tool_read").name = self.tool.name

    def test_a_copy_gets_a_name_of_its_own(self):
        self.assertEqual(self.tool.copy().name, "count_copy")
        self.assertEqual(self.tool.copy().name, "count_copy2")

    def test_who_may_not_see_server_actions_copies_tools_all_the_same(self):
        groups = "base.group_user,mcp_core.group_manager"
        manager = new_test_user(self.env, "mcp_manager", groups)
        copied = self.tool.with_user(manager).copy()
        self.assertEqual(copied.method, self.tool.method)

    def test_a_method_without_the_marker_is_refused(self):
        for method in ("unlink", "_tool_nothing", "_run", "search"):
            with self.assertRaisesRegex(ValidationError, "not a method"):
                self.tool.method = method

    def test_schemas_are_checked_on_save(self):
        bad = {
            "{": "not valid JSON",
            "[]": "root must be an object",
            '{"type": "string"}': "root must be an object",
            '{"type": "object", "properties": 5}': "",
            '{"type": "object", "$ref": "https://x.example.com/s"}': "leaves",
            '{"type":"object","properties":' + '{"a":' * 20 + "{}" + "}" * 21: "deeper",
        }
        for schema, reason in bad.items():
            with self.assertRaisesRegex(ValidationError, reason):
                self.tool.input_schema = schema

    def test_a_schema_has_to_fit_the_method(self):
        def schema(properties, required, **more):
            return json.dumps(
                {
                    "type": "object",
                    "properties": {name: {} for name in properties},
                    "required": required,
                    "additionalProperties": False,
                    **more,
                }
            )

        self.tool.input_schema = schema(["model"], ["model"])
        for unfit in (
            schema(["model", "exchange"], ["model"]),
            schema(["model", "self"], ["model"]),
            schema(["model", "surprise"], ["model"]),
            schema(["model"], []),
            schema(["model"], ["model"], additionalProperties=True),
        ):
            with self.assertRaisesRegex(ValidationError, "doesn't fit"):
                self.tool.input_schema = unfit

    def test_the_form_saves(self):
        with Form(self.tool) as form:
            form.title = "How many"
            form.read_only = False
        self.assertEqual(self.tool.title, "How many")


@tagged("post_install", "-at_install")
class TestToolsOffered(McpCase):
    def offered(self, user=None, revision=LATEST_LEGACY):
        client = self.client(user or self.user, revision)
        return client.request("tools/list")["tools"]

    def names(self, user=None):
        return [tool["name"] for tool in self.offered(user)]

    def test_the_order_is_the_administrators(self):
        names = self.names()
        self.assertEqual(names[0], "list_models")
        self.assertLess(names.index("search"), names.index("create"))
        self.env.ref("mcp_core.tool_count").sequence = 1
        names.remove("count")
        self.assertEqual(self.names(), ["count", *names])

    def test_an_archived_tool_is_neither_offered_nor_run(self):
        self.env.ref("mcp_core.tool_count").active = False
        self.assertNotIn("count", self.names())
        with self.assertRaisesRegex(RequestFailed, "Unknown tool"):
            self.client(self.user).call("count", model="res.partner")

    def test_a_restricted_tool_is_for_its_groups_only(self):
        group = self.env.ref("mcp_core.group_manager")
        self.env.ref("mcp_core.tool_count").group_ids = [Command.link(group.id)]
        manager = self.new_user("mcp_manager", "base.group_user,mcp_core.group_manager")
        self.assertNotIn("count", self.names())
        self.assertIn("count", self.names(manager))
        with self.assertRaises(RequestFailed) as failure:
            self.client(self.user).call("count", model="res.partner")
        self.assertEqual(failure.exception.code, -32602)

    def test_titles_are_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        tool = self.env.ref("mcp_core.tool_count")
        tool.with_context(lang="fr_FR").title = "Compter"
        french = self.new_user("mcp_french", lang="fr_FR")
        titles = {tool["name"]: tool["title"] for tool in self.offered(french)}
        self.assertEqual(titles["count"], "Compter")
        titles = {tool["name"]: tool["title"] for tool in self.offered()}
        self.assertEqual(titles["count"], "Count records")

    def test_each_revision_is_told_what_it_knows(self):
        known = {
            "2024-11-05": {"name", "description", "inputSchema"},
            "2025-03-26": {"name", "description", "inputSchema", "annotations"},
        }
        newer = known["2025-03-26"] | {"title", "outputSchema"}
        for revision in (MODERN, *LEGACY):
            for tool in self.offered(revision=revision):
                self.assertEqual(set(tool), known.get(revision, newer), revision)

    def test_every_tool_carries_title_hints_and_description(self):
        for tool in self.offered(revision=MODERN):
            self.assertTrue(tool["title"] and tool["description"])
            self.assertEqual(
                set(tool["annotations"]),
                {
                    "title",
                    "readOnlyHint",
                    "destructiveHint",
                    "idempotentHint",
                    "openWorldHint",
                },
            )

    def test_a_long_list_comes_in_pages(self):
        everything = self.names()
        self.env["ir.config_parameter"].set_param("mcp_core.page_size", "3")
        client = self.client(self.user)
        names, cursor = [], ""
        while cursor is not None:
            page = client.request("tools/list", {"cursor": cursor})
            names += [tool["name"] for tool in page["tools"]]
            self.assertTrue(len(page["tools"]) == 3 or "nextCursor" not in page)
            cursor = page.get("nextCursor")
        self.assertEqual(names, everything)

    def test_a_cursor_of_another_list_is_refused(self):
        self.env["ir.config_parameter"].set_param("mcp_core.page_size", "1")
        client = self.client(self.user)
        cursor = client.request("tools/list")["nextCursor"]
        for method, sent in (
            ("tools/list", "x"),
            ("tools/list", 5),
            ("tools/list", cursor + "A"),
            ("resources/list", cursor),
        ):
            with self.assertRaises(RequestFailed) as failure:
                client.request(method, {"cursor": sent})
            self.assertEqual(failure.exception.code, -32602)
