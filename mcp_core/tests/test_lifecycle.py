"""Agreeing on a revision (lifecycle, and revision 2026-07-28, "Discovery")."""

from odoo.tests import tagged

from .common import LATEST_LEGACY, LEGACY, MODERN, McpCase, RequestFailed


@tagged("post_install", "-at_install")
class TestLifecycle(McpCase):
    def initialize(self, requested):
        return self.client(self.user).request(
            "initialize",
            {
                "protocolVersion": requested,
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        )

    def test_initialize_agrees_on_every_legacy_revision(self):
        for revision in LEGACY:
            result = self.initialize(revision)
            self.assertEqual(result["protocolVersion"], revision)
            for capability in ("tools", "resources", "completions", "logging"):
                self.assertIn(capability, result["capabilities"])
            self.assertEqual(result["serverInfo"]["name"], "odoo-mcp")

    def test_initialize_proposes_the_latest_legacy_revision_otherwise(self):
        for requested in (MODERN, "1999-01-01", ""):
            result = self.initialize(requested)
            self.assertEqual(result["protocolVersion"], LATEST_LEGACY)

    def test_initialize_names_what_is_missing(self):
        client = self.client(self.user)
        with self.assertRaisesRegex(RequestFailed, "protocolVersion"):
            client.request("initialize", {"capabilities": {}, "clientInfo": {}})
        with self.assertRaisesRegex(RequestFailed, "capabilities"):
            client.request("initialize", {"protocolVersion": LATEST_LEGACY})

    def test_instructions_fit_what_clients_keep(self):
        instructions = self.initialize(LATEST_LEGACY)["instructions"]
        self.assertLess(len(instructions), 2048)
        for tool in self.env["mcp.tool"].search([("method", "!=", False)]):
            self.assertIn(tool.name, instructions)

    def test_a_notification_is_accepted_and_not_answered(self):
        client = self.client(self.user)
        for method in ("notifications/initialized", "notifications/unheard-of"):
            response = client.post({"jsonrpc": "2.0", "method": method})
            self.assertEqual((response.status_code, response.content), (202, b""))

    def test_a_response_that_nobody_waits_for_is_accepted(self):
        response = self.client(self.user).post(
            {"jsonrpc": "2.0", "id": 5, "result": {}}
        )
        self.assertEqual((response.status_code, response.content), (202, b""))

    def test_discover_tells_what_is_served(self):
        result = self.client(self.user, MODERN).request("server/discover")
        self.assertEqual(result["resultType"], "complete")
        self.assertEqual(result["supportedVersions"], [MODERN, *LEGACY])
        self.assertEqual(result["cacheScope"], "private")
        self.assertGreaterEqual(result["ttlMs"], 0)
        info = result["_meta"]["io.modelcontextprotocol/serverInfo"]
        self.assertEqual(info["name"], "odoo-mcp")

    def test_each_era_has_its_own_methods(self):
        legacy = self.client(self.user)
        modern = self.client(self.user, MODERN)
        with self.assertRaises(RequestFailed) as failure:
            legacy.request("server/discover")
        self.assertEqual(failure.exception.code, -32601)
        for method in ("initialize", "ping", "logging/setLevel"):
            with self.assertRaises(RequestFailed) as failure:
                modern.request(method)
            self.assertEqual(failure.exception.code, -32601)

    def test_only_marked_methods_are_reached(self):
        client = self.client(self.user)
        for name in ("_ping", "_handle", "search", "browse", "__class__", ""):
            with self.assertRaises(RequestFailed) as failure:
                client.request(name)
            self.assertEqual(failure.exception.code, -32601)

    def test_an_unsupported_version_is_told_what_is_supported(self):
        client = self.client(self.user)
        client.headers["MCP-Protocol-Version"] = "2030-01-01"
        response = client.post(client.message("ping"))
        self.assertEqual(response.status_code, 400)
        error = response.json()["error"]
        self.assertEqual(error["code"], -32022)
        self.assertEqual(error["data"]["requested"], "2030-01-01")
        self.assertEqual(error["data"]["supported"], [MODERN, *LEGACY])

    def test_a_modern_request_without_its_meta_is_a_bad_request(self):
        client = self.client(self.user, MODERN)
        message = client.message("tools/list")
        message["params"]["_meta"].popitem()
        del message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"]
        response = client.post(message, headers=client.mirrored(message))
        self.assertEqual(response.status_code, 400)
        self.assertEqual(response.json()["error"]["code"], -32602)

    def test_a_header_that_contradicts_the_body_is_refused(self):
        client = self.client(self.user, MODERN)
        message = client.message("tools/call", {"name": "count", "arguments": {}})
        for headers in (
            {"Mcp-Method": "tools/list", "Mcp-Name": "count"},
            {"Mcp-Method": "tools/call", "Mcp-Name": "search"},
            {"Mcp-Method": "tools/call"},
        ):
            response = client.post(message, headers=headers)
            self.assertEqual(response.status_code, 400)
            self.assertEqual(response.json()["error"]["code"], -32020)
