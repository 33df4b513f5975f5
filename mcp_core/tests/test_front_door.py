"""The front door: hosts, limits and the switch (security requirements)."""

from odoo.tests import tagged

from .common import McpCase


@tagged("post_install", "-at_install")
class TestFrontDoor(McpCase):
    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)
        self.ping = self.mcp.message("ping")

    def setting(self, name, value):
        self.env["ir.config_parameter"].set_param(f"mcp_core.{name}", value)

    def refusal(self, client=None, body=None, **kwargs):
        response = (client or self.mcp).post(body or self.ping, **kwargs)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        return response.status_code, response.json()["error"]["message"]

    def test_where_hosts_are_listed_another_one_is_refused(self):
        own = self.base_url().removeprefix("http://")
        for listed in (own, own.upper(), own.rpartition(":")[0], f"a.com, {own}"):
            self.setting("allowed_hosts", listed)
            self.assertEqual(self.mcp.post(self.ping).status_code, 200, listed)
            status, message = self.refusal(headers={"Host": "evil.example.com"})
            self.assertEqual(status, 403)
            self.assertIn("Allowed Hosts", message)

    def test_switched_off_it_says_so_to_everyone(self):
        self.setting("enabled", "0")
        for client in (self.mcp, self.client()):
            status, message = self.refusal(client)
            self.assertEqual(status, 503)
            self.assertIn("switched off", message)
        self.setting("enabled", "1")
        self.assertEqual(self.mcp.post(self.ping).status_code, 200)

    def test_the_size_of_a_request_has_the_limit_that_is_set(self):
        self.setting("request_bytes", str(64 * 1024))
        padding = b" " * (64 * 1024)
        status, message = self.refusal(body=b"{}" + padding)
        self.assertEqual(status, 413)
        self.assertIn("65536", message)

    def test_a_setting_that_makes_no_sense_counts_as_not_set(self):
        for value in ("", "-1", "many", "999999999999", "1e3", " "):
            self.setting("request_bytes", value)
            self.setting("page_size", value)
            self.assertEqual(self.mcp.post(self.ping).status_code, 200, value)
            self.assertGreater(len(self.mcp.request("tools/list")["tools"]), 3)

    def test_oauth_discovery_is_a_plain_404(self):
        for path in (
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-authorization-server/mcp",
            "/.well-known/oauth-protected-resource",
            "/.well-known/oauth-protected-resource/mcp",
            "/.well-known/openid-configuration",
            "/.well-known/openid-configuration/mcp",
            "/mcp/.well-known/openid-configuration",
        ):
            for method in ("GET", "POST"):
                response = self.url_open(path, method=method, allow_redirects=False)
                self.assertEqual(response.status_code, 404, path)
                self.assertEqual(response.json(), {"error": "not_found"})
                self.assertNotIn("Set-Cookie", response.headers)
