"""Connecting a client: the key, who sees it, and what is there to paste."""

import json
import shlex
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import mute_logger, tagged

from .common import McpCase, McpClient

_PASS = "X-Odoo-MCP-Origin-Pass"


class ConnectCase(McpCase):
    def desk(self, login):
        """Sit down as the user *login*, whose password it is, in the web client."""
        self.authenticate(login, login)
        self.origin = self.base_url()

    def web(self, model, method, *args, **kwargs):
        """Call a method as the web client does, and return the answer."""
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            headers={"Origin": self.origin},
            json={
                "jsonrpc": "2.0",
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                },
            },
        )
        return response.json()

    def confirmed(self, login, model, method, ids):
        """Call a method that wants the password first; return its action."""
        action = self.web(model, method, ids)["result"]
        if action.get("res_model") == "res.users.identitycheck":
            action = self.web(
                "res.users.identitycheck",
                "run_check",
                [action["res_id"]],
                context={"password": login},
            )["result"]
        return action

    def connect(self, login="mcp_user", **values):
        """Make a key and return what the dialog with it shows."""
        self.desk(login)
        values = {"name": "laptop", "access": "read", "duration": "7"} | values
        [connect_id] = self.web("mcp.connect", "create", [values])["result"]
        action = self.confirmed(login, "mcp.connect", "make_key", [connect_id])
        self.assertEqual(action["res_model"], "mcp.connect.show")
        names = [*self.env["mcp.connect.show"]._fields]
        spec = {name: {} for name in names if not name.endswith("_name")}
        shown = self.web(
            action["res_model"], "onchange", [], {}, [], spec, context=action["context"]
        )
        return shown["result"]["value"]


@tagged("post_install", "-at_install")
class TestConnect(ConnectCase):
    def test_a_key_is_made_after_the_password_and_opens_the_endpoint(self):
        self.desk("mcp_user")
        values = {"name": "laptop", "access": "write", "duration": "7"}
        [connect_id] = self.web("mcp.connect", "create", [values])["result"]
        action = self.web("mcp.connect", "make_key", [connect_id])["result"]
        self.assertEqual(action["res_model"], "res.users.identitycheck")
        self.assertFalse(self.user.api_key_ids)
        client = McpClient(self, self.connect()["key"])
        self.assertEqual(client.request("ping"), {})

    def test_a_key_has_the_access_and_the_duration_that_were_chosen(self):
        self.connect(name="reader", access="read", duration="7")
        self.connect(name="writer", access="write", duration="30")
        reader, writer = self.user.api_key_ids.sudo().sorted("id")
        self.assertEqual((reader.scope, reader.mcp_access), ("mcp.read", "read"))
        self.assertEqual((writer.scope, writer.mcp_access), ("mcp", "write"))
        self.assertEqual(reader.name, "reader")
        lifetime = writer.expiration_date - writer.create_date
        self.assertLessEqual(lifetime, timedelta(days=30))

    def test_the_key_is_in_no_row(self):
        key = self.connect()["key"]
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE table_schema = 'public'
               AND data_type IN ('text', 'character varying', 'jsonb')
            """
        )
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                f'SELECT 1 FROM "{table}" WHERE "{column}"::text LIKE %s LIMIT 1',
                [f"%{key}%"],
            )
            self.assertFalse(self.env.cr.rowcount, (table, column))
        self.assertFalse(self.env["mcp.connect"].search([]))

    def test_a_duration_beyond_the_limit_is_not_offered_and_refused(self):
        offered = {
            duration
            for duration, _label in self.env["mcp.connect"]
            .with_user(self.user)
            ._selection_duration()
        }
        self.assertIn("90", offered)
        self.assertFalse(offered & {"0", "365"})
        self.desk("mcp_user")
        with mute_logger("odoo.http"):
            for duration in ("0", "365"):
                values = {"name": "long", "duration": duration}
                self.assertIn("error", self.web("mcp.connect", "create", [values]))
        admin = self.env["mcp.connect"].with_user(self.env.ref("base.user_admin"))
        self.assertIn("0", dict(admin._selection_duration()))

    def test_only_mcp_users_connect_clients(self):
        plain = self.new_user("plain", "base.group_user")
        for model in ("mcp.connect", "mcp.connect.show"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(plain).check_access("create")

    def test_users_see_their_own_keys_and_revoke_them(self):
        self.new_key(self.new_user("somebody"))
        client = McpClient(self, self.connect()["key"])
        action = self.env.ref("mcp_core.action_mcp_connect")
        self.assertIn("uid", action.domain)
        found = self.env["res.users.apikeys"].with_user(self.user).search([])
        self.assertEqual(found.user_id, self.user)
        with mute_logger("odoo.models.unlink"):
            self.confirmed("mcp_user", "res.users.apikeys", "remove", found.ids)
        self.assertEqual(client.post(client.message("ping")).status_code, 401)

    def test_the_texts_are_ready_to_paste(self):
        shown = self.connect()
        url, bearer = f"{self.base_url()}/mcp", f"Bearer {shown['key']}"
        self.assertEqual(shown["url"], url)
        command = shlex.split(shown["claude_code"])
        self.assertEqual(
            command[:6], ["claude", "mcp", "add", "--transport", "http", "odoo"]
        )
        self.assertEqual(command[6:9], [url, "--header", f"Authorization: {bearer}"])
        headers = {"Authorization": bearer}
        if shown["database"]:
            headers["X-Odoo-Database"] = self.env.cr.dbname
        vscode = json.loads(shown["vscode"])["servers"]["odoo"]
        self.assertEqual(vscode, {"type": "http", "url": url, "headers": headers})
        cursor = json.loads(shown["cursor"])["mcpServers"]["odoo"]
        self.assertEqual(cursor, {"url": url, "headers": headers})
        desktop = json.loads(shown["claude_desktop"])["mcpServers"]["odoo"]
        self.assertEqual(desktop["env"], {"AUTH": bearer})
        self.assertFalse([word for word in desktop["args"] if " " in word])
        self.assertIn(url, desktop["args"])
        self.assertIn(f"Authorization: {bearer}", shlex.split(shown["curl"]))

    def test_where_there_are_several_databases_the_texts_name_one(self):
        shown = self.env["mcp.connect.show"]
        headers = {"Authorization": "Bearer key", "X-Odoo-Database": "acme"}
        url = "https://odoo.example.com/mcp"
        for text in (shown._claude_code(url, headers), shown._curl(url, headers)):
            self.assertIn("X-Odoo-Database: acme", shlex.split(text))
        desktop = json.loads(shown._claude_desktop(url, headers))
        arguments = desktop["mcpServers"]["odoo"]["args"]
        self.assertEqual(arguments[-2:], ["--header", "X-Odoo-Database:acme"])

    def test_the_address_is_the_one_that_the_browser_uses(self):
        self.desk("mcp_user")
        self.origin = "https://odoo.example.com"
        context = {"default_key": "0" * 40}
        shown = self.web(
            "mcp.connect.show", "onchange", [], {}, [], {"url": {}}, context=context
        )
        self.assertEqual(
            shown["result"]["value"]["url"], "https://odoo.example.com/mcp"
        )


@tagged("post_install", "-at_install")
class TestOriginPass(ConnectCase):
    """The connection test calls from a page, whose origin nobody lists."""

    def status(self, client, origin, origin_pass):
        headers = {"Origin": origin, _PASS: origin_pass}
        response = client.post(client.message("ping"), headers=headers)
        return response.status_code

    def test_the_pass_of_an_origin_admits_it_and_no_other(self):
        shown = self.connect()
        client = McpClient(self, shown["key"])
        own, origin_pass = self.base_url(), shown["origin_pass"]
        self.assertEqual(self.status(client, own, origin_pass), 200)
        for origin in ("https://evil.example.com", "null", own + ".example.com"):
            self.assertEqual(self.status(client, origin, origin_pass), 403, origin)
        for wrong in ("", "x", "é", origin_pass[:-2], "AAAA" * 20, "A" * 5000):
            wrong = wrong.encode()
            self.assertEqual(self.status(client, own, wrong), 403, wrong)

    def test_the_pass_is_no_credential(self):
        shown = self.connect()
        client = McpClient(self)
        status = self.status(client, self.base_url(), shown["origin_pass"])
        self.assertEqual(status, 401)

    def test_an_expired_pass_admits_nobody(self):
        server = self.env["mcp.server"]
        origin = "https://odoo.example.com"
        live = server._origin_pass(origin)
        self.assertTrue(server._has_pass(origin, live))
        with freeze_time(datetime.now() + timedelta(hours=2)):
            self.assertFalse(server._has_pass(origin, live))
