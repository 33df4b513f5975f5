"""Running a tool: validation, readable errors, and no trace of a failure."""

import json

from odoo import api
from odoo.tests import mute_logger, tagged

from ..decorators import tool_method
from ..exceptions import ToolError
from .common import LEGACY, MODERN, McpCase, RequestFailed, ToolFailed


@tagged("post_install", "-at_install")
class TestToolCalls(McpCase):
    def provide(self, method, **values):
        """Offer *method* as the tool ``probe`` for the length of the test."""
        model_class = type(self.env["mcp.tool"])
        model_class._tool_probe = tool_method(method)
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(delattr, model_class, "_tool_probe")
        self.env.registry.clear_cache()
        return self.env["mcp.tool"].create(
            {
                "name": "probe",
                "title": "Probe",
                "description": "Only here for the test.",
                "method": "_tool_probe",
                **values,
            }
        )

    def test_a_result_is_structured_and_the_same_as_text(self):
        for revision in (MODERN, "2025-11-25", "2025-06-18"):
            result = self.client(self.user, revision).request(
                "tools/call", {"name": "count", "arguments": {"model": "res.country"}}
            )
            self.assertFalse(result["isError"])
            self.assertEqual(
                json.loads(result["content"][0]["text"]), result["structuredContent"]
            )
        for revision in set(LEGACY) - {"2025-11-25", "2025-06-18"}:
            result = self.client(self.user, revision).request(
                "tools/call", {"name": "count", "arguments": {"model": "res.country"}}
            )
            self.assertNotIn("structuredContent", result)

    def test_bad_arguments_are_named(self):
        client = self.client(self.user)
        bad = [
            ({}, "missing model"),
            ({"model": 5}, "model: '5' is not of type string"),
            ({"model": "res.partner", "modle": 1}, "unknown 'modle'; known are model"),
            ({"model": "res.partner", "domain": {}}, "domain: "),
        ]
        for arguments, words in bad:
            with self.assertRaisesRegex(ToolFailed, words):
                client.call("count", **arguments)

    def test_a_malformed_call_is_a_protocol_error(self):
        client = self.client(self.user)
        for params in ({}, {"name": 5}, {"name": "count", "arguments": []}):
            with self.assertRaises(RequestFailed) as failure:
                client.request("tools/call", params)
            self.assertEqual(failure.exception.code, -32602)
        with self.assertRaisesRegex(RequestFailed, "Unknown tool"):
            client.call("no_such_tool")

    def test_a_failed_tool_leaves_nothing_behind(self):
        @api.model
        def probe(tools, exchange):
            tools.env["res.partner"].create({"name": "left behind"})
            raise ToolError("not today")

        self.provide(probe)
        admin = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(ToolFailed, "not today"):
            self.client(admin).call("probe")
        self.assertFalse(
            self.env["res.partner"].search_count([("name", "=", "left behind")])
        )

    def test_a_result_that_breaks_its_schema_leaves_nothing_behind(self):
        @api.model
        def probe(tools, exchange):
            tools.env["res.partner"].create({"name": "left behind"})
            return {"count": "many"}

        schema = self.env.ref("mcp_core.tool_count").output_schema
        self.provide(probe, output_schema=schema)
        admin = self.env.ref("base.user_admin")
        with (
            self.assertLogs("odoo.addons.mcp_core", "ERROR"),
            self.assertRaisesRegex(ToolFailed, "error in Odoo"),
        ):
            self.client(admin).call("probe")
        self.assertFalse(
            self.env["res.partner"].search_count([("name", "=", "left behind")])
        )

    def test_a_tool_that_works_changes_something(self):
        @api.model
        def probe(tools, exchange):
            return {"id": tools.env["res.partner"].create({"name": "made"}).id}

        self.provide(probe)
        made = self.client(self.env.ref("base.user_admin")).call("probe")["id"]
        self.assertEqual(self.env["res.partner"].browse(made).name, "made")

    def test_the_database_holds_a_read_only_tool_to_it(self):
        @api.model
        def probe(tools, exchange):
            tools.env["res.partner"].create({"name": "left behind"})
            return {}

        self.provide(probe, read_only=True)
        client = self.client(self.env.ref("base.user_admin"))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ToolFailed, "only reads"),
        ):
            client.call("probe")
        self.assertTrue(client.call("count", model="res.partner")["count"])

    def test_an_unexpected_error_shows_no_detail_to_the_model(self):
        @api.model
        def probe(tools, exchange):
            raise RuntimeError("/secret/path SELECT password")

        self.provide(probe)
        with (
            self.assertLogs("odoo.addons.mcp_core", "ERROR") as logs,
            self.assertRaises(ToolFailed) as failure,
        ):
            self.client(self.user).call("probe")
        self.assertNotIn("secret", str(failure.exception))
        reference = str(failure.exception).split()[-1].rstrip(".")
        self.assertIn(reference, logs.output[0])

    def test_an_integrity_error_is_explained(self):
        @api.model
        def probe(tools, exchange):
            tools.sudo().create(
                {
                    "name": "count",
                    "title": "x",
                    "description": "x",
                    "method": "_tool_probe",
                }
            )
            tools.env.flush_all()
            return {}

        self.provide(probe)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ToolFailed, "Another tool has this name"),
        ):
            self.client(self.user).call("probe")

    @mute_logger("odoo.sql_db")
    def test_a_row_that_the_database_refuses_is_not_shown(self):
        self.user.group_ids += self.env.ref("base.group_partner_manager")
        partner = self.env["res.partner"].create({"name": "X", "comment": "Canary"})
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT mcp_no_77 CHECK (color <> 77)"
        )
        with self.assertRaises(ToolFailed) as caught:
            self.client(self.user).call(
                "write", model="res.partner", ids=partner.ids, values={"color": 77}
            )
        text = str(caught.exception)
        self.assertIn("mcp_no_77", text)
        self.assertNotIn("Canary", text)
        self.assertNotIn("relation", text)
