"""The HTTP side: every refusal is JSON with the right status (transports)."""

from odoo.tests import tagged

from .common import LATEST_LEGACY, MODERN, McpCase


@tagged("post_install", "-at_install")
class TestTransport(McpCase):
    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)
        self.ping = self.mcp.message("ping")

    def assertError(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertNotIn("Location", response.headers)
        body = response.json()
        self.assertEqual(body["jsonrpc"], "2.0")
        self.assertEqual(body["error"]["code"], code)
        self.assertNotIn("Traceback", response.text)
        return body

    def test_the_endpoint_answers_with_and_without_a_slash(self):
        for path in ("/mcp", "/mcp/", "/mcp?debug=1&db=other"):
            response = self.mcp.post(self.ping, path=path)
            self.assertEqual(response.status_code, 200, path)
            self.assertNotIn("Set-Cookie", response.headers)

    def test_other_verbs_are_refused(self):
        for method in ("GET", "PUT", "PATCH", "PROPFIND", "TRACE"):
            response = self.mcp.post(method=method)
            self.assertError(response, 405, -32600)
            self.assertEqual(response.headers["Allow"], "POST, DELETE")
        self.assertEqual(self.mcp.post(method="HEAD").status_code, 405)

    def test_malformed_json_is_a_parse_error(self):
        for body in (b"", b"{", b"\xff", b'{"a":1,"a":2}', b"[NaN]", b'"\\ud800"'):
            self.assertError(self.mcp.post(body), 400, -32700)

    def test_json_that_is_no_message_is_an_invalid_request(self):
        for body in (b"1", b"[]", b"{}", b'{"jsonrpc":"2.0"}', b'"ping"'):
            self.assertError(self.mcp.post(body), 400, -32600)

    def test_an_error_repeats_the_id_where_it_can_be_read(self):
        body = {"jsonrpc": "2.0", "id": 0, "method": 5}
        self.assertEqual(self.assertError(self.mcp.post(body), 400, -32600)["id"], 0)
        body = {"jsonrpc": "2.0", "id": {}, "method": "ping"}
        self.assertNotIn("id", self.assertError(self.mcp.post(body), 400, -32600))

    def test_what_is_not_plain_json_is_refused(self):
        refused = [
            ({"Content-Type": "text/plain"}, 415),
            ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
            ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
            ({"Accept": "text/html"}, 406),
            ({"Accept": "application/json;q=0"}, 406),
        ]
        for headers, status in refused:
            response = self.mcp.post(b"{}", headers=headers)
            self.assertError(response, status, -32600)

    def test_a_content_type_may_carry_a_charset(self):
        headers = {"Content-Type": "application/json; charset=utf-8"}
        self.assertEqual(self.mcp.post(self.ping, headers=headers).status_code, 200)

    def test_a_body_without_a_length_is_refused(self):
        response = self.mcp.post(
            data=iter([b"{", b"}"]), headers={"Content-Type": "application/json"}
        )
        self.assertError(response, 411, -32600)

    def test_a_body_over_the_limit_is_refused(self):
        body = b'"' + b"x" * (4 * 1024 * 1024) + b'"'
        self.assertError(self.mcp.post(body), 413, -32600)

    def test_foreign_origins_are_refused_before_anything_else(self):
        own = self.base_url()
        for origin in ("https://evil.example.com", "null", "", own):
            for client in (self.mcp, self.client()):
                response = client.post(self.ping, headers={"Origin": origin})
                self.assertError(response, 403, -32000)
                self.assertNotIn("Access-Control-Allow-Origin", response.headers)

    def test_a_listed_origin_is_answered_and_echoed(self):
        self.env["ir.config_parameter"].set_param(
            "mcp_core.allowed_origins",
            "https://one.example.com, https://two.example.com",
        )
        headers = {"Origin": "https://two.example.com"}
        response = self.mcp.post(self.ping, headers=headers)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            response.headers["Access-Control-Allow-Origin"], headers["Origin"]
        )
        self.assertEqual(response.headers["Vary"], "Origin")
        self.assertError(
            self.mcp.post(self.ping, headers={"Origin": "https://three.example.com"}),
            403,
            -32000,
        )

    def test_a_preflight_needs_a_listed_origin_and_no_key(self):
        self.env["ir.config_parameter"].set_param(
            "mcp_core.allowed_origins", "https://one.example.com"
        )
        nobody = self.client()
        headers = {"Origin": "https://one.example.com"}
        response = nobody.post(method="OPTIONS", headers=headers)
        self.assertEqual((response.status_code, response.content), (204, b""))
        self.assertIn(
            "mcp-method", response.headers["Access-Control-Allow-Headers"].lower()
        )
        headers = {"Origin": "https://two.example.com"}
        response = nobody.post(method="OPTIONS", headers=headers)
        self.assertError(response, 403, -32000)

    def test_legacy_errors_stay_in_band_and_modern_ones_do_not(self):
        for revision, status in ((LATEST_LEGACY, 200), (MODERN, 404)):
            client = self.client(self.user, revision)
            message = client.message("no/such")
            response = client.post(message, headers=client.mirrored(message))
            self.assertError(response, status, -32601)

    def test_a_failing_server_method_is_an_internal_error_without_details(self):
        def fail(model, exchange, params):
            raise RuntimeError("secret detail")

        self.patch(type(self.env["mcp.server"]), "_ping", fail)
        with self.assertLogs("odoo.http", "ERROR"):
            response = self.mcp.post(self.ping)
        body = self.assertError(response, 200, -32603)
        self.assertIn("requestId", body["error"]["data"])
        self.assertNotIn("secret", response.text)
