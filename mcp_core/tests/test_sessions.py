"""Sessions of the legacy era (transports, "Session Management")."""

from datetime import timedelta

from odoo import fields
from odoo.tests import mute_logger, tagged

from .common import LATEST_LEGACY, MODERN, McpCase, McpClient


@tagged("post_install", "-at_install")
class TestSessions(McpCase):
    def session(self, client):
        sessions = self.env["mcp.session"]
        token_hash = sessions._hash(client.headers["Mcp-Session-Id"])
        return sessions.search([("token_hash", "=", token_hash)])

    def status(self, client, **headers):
        return client.post(client.message("ping"), headers=headers).status_code

    def test_initialize_opens_one_and_remembers_who_did(self):
        client = self.client(self.user)
        session = self.session(client)
        self.assertEqual(session.user_id, self.user)
        self.assertEqual(session.client_name, "test")
        self.assertEqual(session.revision, LATEST_LEGACY)
        self.assertTrue(session.credential.startswith("apikey:"))
        self.assertEqual(self.status(client), 200)

    def test_its_id_is_long_random_and_not_kept(self):
        client = self.client(self.user)
        token = client.headers["Mcp-Session-Id"]
        self.assertGreaterEqual(len(token), 43)
        self.assertNotEqual(token, self.client(self.user).headers["Mcp-Session-Id"])
        self.env.cr.execute("SELECT * FROM mcp_session")
        self.assertNotIn(token, str(self.env.cr.fetchall()))

    def test_without_it_nothing_but_initialize_is_answered(self):
        client = self.client(self.user)
        del client.headers["Mcp-Session-Id"]
        self.assertEqual(self.status(client), 400)
        self.assertEqual(client.initialize().status_code, 200)
        self.assertEqual(self.status(client), 200)

    def test_an_unknown_one_is_not_found(self):
        client = self.client(self.user)
        for token in ("x", "0" * 43, "é".encode().decode("latin-1"), "' OR 1=1 --"):
            self.assertEqual(self.status(client, **{"Mcp-Session-Id": token}), 404)

    def test_it_belongs_to_one_user_and_one_credential(self):
        token = self.client(self.user).headers["Mcp-Session-Id"]
        same_user = self.client(self.user)
        somebody = self.client(self.new_user("somebody"))
        for client in (same_user, somebody):
            self.assertEqual(self.status(client, **{"Mcp-Session-Id": token}), 404)

    def test_it_never_authenticates(self):
        client = self.client(self.user)
        del client.headers["Authorization"]
        self.assertEqual(self.status(client), 401)

    def test_delete_ends_it(self):
        client = self.client(self.user)
        self.assertEqual(client.post(method="DELETE").status_code, 204)
        self.assertEqual(self.status(client), 404)
        self.assertEqual(client.post(method="DELETE").status_code, 404)

    def test_nobody_else_can_delete_it(self):
        client = self.client(self.user)
        somebody = self.client(self.new_user("somebody"))
        somebody.headers["Mcp-Session-Id"] = client.headers["Mcp-Session-Id"]
        self.assertEqual(somebody.post(method="DELETE").status_code, 404)
        self.assertEqual(self.status(client), 200)

    def test_an_administrator_can_terminate_it(self):
        client = self.client(self.user)
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        with mute_logger("odoo.models.unlink"):
            self.session(client).with_user(manager).action_terminate()
        self.assertEqual(self.status(client), 404)

    def test_an_expired_one_is_not_found_and_is_cleaned_up(self):
        client = self.client(self.user)
        session = self.session(client)
        session.expires = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assertEqual(self.status(client), 404)
        self.env["mcp.session"]._gc_sessions()
        self.assertFalse(session.exists())

    def test_use_prolongs_it_once_a_minute(self):
        client = self.client(self.user)
        session = self.session(client)
        now = fields.Datetime.now()
        for age, prolonged in ((30, False), (90, True)):
            session.write(
                {
                    "last_seen": now - timedelta(seconds=age),
                    "expires": now + timedelta(minutes=1),
                }
            )
            self.env.flush_all()
            self.assertEqual(self.status(client), 200)
            session.invalidate_recordset()
            self.assertEqual(session.expires > now + timedelta(hours=1), prolonged)

    def test_the_modern_era_has_none(self):
        before = self.env["mcp.session"].search_count([])
        client = self.client(self.user, MODERN)
        message = client.message("tools/list")
        headers = {**client.mirrored(message), "Mcp-Session-Id": "ignored"}
        response = client.post(message, headers=headers)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Mcp-Session-Id", response.headers)
        self.assertEqual(client.post(method="DELETE").status_code, 405)
        self.assertEqual(self.env["mcp.session"].search_count([]), before)

    def test_a_batch_is_answered_in_the_one_revision_that_has_them(self):
        client = self.client(self.user, "2025-03-26")
        batch = [
            client.message("ping"),
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            client.message("no/such"),
            {"jsonrpc": "2.0", "id": 77, "method": 5},
            client.message("initialize"),
        ]
        answers = client.post(batch).json()
        self.assertEqual(
            [(a["id"], a.get("error", {}).get("code")) for a in answers],
            [
                (batch[0]["id"], None),
                (batch[2]["id"], -32601),
                (77, -32600),
                (batch[4]["id"], -32600),
            ],
        )
        self.assertEqual(client.post(batch[1:2]).status_code, 202)
        self.assertEqual(client.post(batch[:1] * 51).status_code, 400)
        self.assertEqual(self.client(self.user).post(batch).status_code, 400)
        stranger = McpClient(self, self.new_key(self.user), MODERN)
        self.assertEqual(stranger.post(batch).status_code, 400)
