"""Keys that are good for tools that change nothing."""

from odoo.tests import tagged

from .common import LATEST_LEGACY, MODERN, McpCase, RequestFailed


@tagged("post_install", "-at_install")
class TestReadOnlyKeys(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a tool that may change something, as far as its record says
        count = cls.env.ref("mcp_core.tool_count")
        cls.changing = count.copy({"name": "changing", "read_only": False})
        cls.env.flush_all()

    def names(self, client):
        return {tool["name"] for tool in client.request("tools/list")["tools"]}

    def test_a_read_only_key_is_offered_the_tools_that_only_read(self):
        for revision in (LATEST_LEGACY, MODERN):
            offered = self.names(self.client(self.user, revision, scope="mcp.read"))
            everything = self.names(self.client(self.user, revision))
            self.assertIn("changing", everything)
            self.assertNotIn("changing", offered)
            read_only = self.env["mcp.tool"].search([("read_only", "=", True)])
            self.assertEqual(offered, everything & set(read_only.mapped("name")))

    def test_a_read_only_key_cannot_run_another_tool_by_its_name(self):
        for revision in (LATEST_LEGACY, MODERN):
            arguments = {"model": "res.partner"}
            client = self.client(self.user, revision, scope="mcp.read")
            self.assertGreater(client.call("count", **arguments)["count"], 0)
            with self.assertRaisesRegex(RequestFailed, "Unknown tool"):
                client.call("changing", **arguments)
            unrestricted = self.client(self.user, revision, scope=None)
            self.assertGreater(unrestricted.call("changing", **arguments)["count"], 0)

    def test_a_tool_that_stops_being_read_only_is_out_of_reach_at_once(self):
        client = self.client(self.user, scope="mcp.read")
        self.assertIn("count", self.names(client))
        self.env.ref("mcp_core.tool_count").read_only = False
        self.env.flush_all()
        self.assertNotIn("count", self.names(client))
        with self.assertRaisesRegex(RequestFailed, "Unknown tool"):
            client.call("count", model="res.partner")

    def test_a_session_is_not_widened_by_another_key(self):
        narrow = self.client(self.user, scope="mcp.read")
        wide = self.client(self.user)
        narrow.headers["Mcp-Session-Id"] = wide.headers["Mcp-Session-Id"]
        response = narrow.post(narrow.message("tools/list"))
        self.assertEqual(response.status_code, 404)

    def test_resources_stay_readable(self):
        client = self.client(self.user, scope="mcp.read")
        self.assertIn("resources", client.request("resources/list"))

    def test_a_read_only_key_opens_nothing_else(self):
        response = self.url_open(
            "/json/2/res.users/search",
            json={"domain": []},
            headers={"Authorization": f"Bearer {self.new_key(self.user, 'mcp.read')}"},
        )
        self.assertEqual(response.status_code, 401)
