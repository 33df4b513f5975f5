"""Who gets in: keys, users and groups, looked at again on every request."""

import base64
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import BaseCase, mute_logger, tagged

from ..models import res_users_apikeys as apikeys
from ..verified_secrets import VerifiedSecrets
from .common import LATEST_LEGACY, McpCase, McpClient, ToolFailed


class TestVerifiedSecrets(BaseCase):
    def setUp(self):
        super().setUp()
        self.hashed = []

    def _verify(self, key, stored):
        self.hashed.append(key)
        return stored == f"hash of {key}"

    def test_a_match_is_computed_once(self):
        verified = VerifiedSecrets(capacity=10)
        for _ in range(3):
            self.assertTrue(verified.verify("key", "hash of key", self._verify))
        self.assertEqual(self.hashed, ["key"])

    def test_a_mismatch_is_computed_each_time(self):
        verified = VerifiedSecrets(capacity=10)
        for _ in range(3):
            self.assertFalse(verified.verify("guess", "hash of key", self._verify))
        self.assertEqual(self.hashed, ["guess"] * 3)

    def test_another_stored_hash_is_another_question(self):
        verified = VerifiedSecrets(capacity=10)
        self.assertTrue(verified.verify("key", "hash of key", self._verify))
        self.assertFalse(verified.verify("key", "hash of new", self._verify))

    def test_the_least_recently_used_is_forgotten(self):
        verified = VerifiedSecrets(capacity=2)
        for key in ("a", "b", "a", "c", "a", "b"):
            verified.verify(key, f"hash of {key}", self._verify)
        self.assertEqual(self.hashed, ["a", "b", "c", "b"])

    def test_with_a_lifetime_it_is_forgotten_however_much_it_is_used(self):
        verified = VerifiedSecrets(capacity=10, lifetime=60)
        for second in (0, 30, 59.9, 60.1, 61, 119):
            with patch("time.monotonic", return_value=1000 + second):
                verified.verify("key", "hash of key", self._verify)
        self.assertEqual(self.hashed, ["key", "key"])


@tagged("post_install", "-at_install")
class TestAuthentication(McpCase):
    def assertRefused(self, client, status=401):
        response = client.post(client.message("ping"))
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertNotIn("Set-Cookie", response.headers)
        return response

    def assertAdmitted(self, client):
        self.assertEqual(client.request("ping"), {})

    def test_a_key_that_nobody_has_costs_as_much_as_one_that_begins_right(self):
        keys = self.env["res.users.apikeys"]
        right = self.new_key(self.user)
        context, computed = type(apikeys.KEY_CRYPT_CONTEXT), []
        for wrong in (right[:8] + "0" * 32, "no such " + "0" * 32):
            computed.clear()
            with (
                patch.object(context, "verify", lambda *_args: computed.append(1)),
                patch.object(context, "hash", lambda *_args: computed.append(1)),
            ):
                self.assertIsNone(keys._mcp_check_key(wrong))
            self.assertEqual(len(computed), 1, wrong)

    def test_a_key_of_scope_mcp_is_admitted(self):
        self.assertAdmitted(self.client(self.user))

    def test_an_unrestricted_key_is_admitted(self):
        self.assertAdmitted(self.client(self.user, scope=None))

    def test_a_key_of_another_scope_is_refused(self):
        self.assertRefused(self.client(self.user, scope="other"))

    def test_a_key_of_scope_mcp_opens_nothing_else(self):
        key = self.new_key(self.user)
        response = self.url_open(
            "/json/2/res.users/search",
            json={"domain": []},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertEqual(response.status_code, 401)

    def test_an_expired_key_is_refused(self):
        client = self.client(self.user, expires=datetime.now() - timedelta(days=1))
        self.assertRefused(client)

    def test_every_refusal_looks_the_same(self):
        key = self.new_key(self.user)
        wrong = [
            None,
            "",
            "Bearer",
            "Bearer ",
            "Bearer short",
            f"Basic {key}",
            f"Bearer {key}x",
            f"Bearer {key[:8]}{'0' * 32}",
            f"Bearer {'0' * 40}",
            "Bearer " + "0" * 4000,
            f"Bearer {key} {key}",
        ]
        bodies = set()
        for authorization in wrong:
            client = McpClient(self)
            client.headers["Authorization"] = authorization
            response = self.assertRefused(client)
            self.assertTrue(response.headers["WWW-Authenticate"].startswith("Bearer"))
            bodies.add(response.content)
        self.assertEqual(len(bodies), 1)

    def test_the_core_alone_takes_nothing_but_keys_of_bearers(self):
        if self.env["ir.module.module"]._get("mcp_security").state == "installed":
            self.skipTest("MCP Security accepts Basic")
        self.user.password = "correct horse"
        self.env.flush_all()
        for secret in ("correct horse", self.new_key(self.user)):
            pair = base64.b64encode(f"{self.user.login}:{secret}".encode()).decode()
            client = McpClient(self)
            client.headers["Authorization"] = f"Basic {pair}"
            response = self.assertRefused(client)
            self.assertEqual(
                response.headers["WWW-Authenticate"], 'Bearer realm="Odoo MCP"'
            )

    def test_the_scheme_is_read_in_any_case(self):
        client = McpClient(self)
        client.headers["Authorization"] = f"bEARER  {self.new_key(self.user)}"
        self.assertEqual(client.initialize().status_code, 200)
        self.assertAdmitted(client)

    def test_a_removed_key_is_refused_at_once(self):
        client = self.client(self.user)
        self.assertAdmitted(client)
        with mute_logger("odoo.models.unlink"):
            self.user.api_key_ids.sudo().unlink()
        self.assertRefused(client)

    def test_an_archived_user_is_refused_at_once(self):
        client = self.client(self.user)
        self.assertAdmitted(client)
        self.user.active = False
        self.env.flush_all()
        self.assertRefused(client)

    def test_losing_the_group_is_refused_at_once(self):
        client = self.client(self.user)
        self.assertAdmitted(client)
        group = self.env.ref("mcp_core.group_user")
        self.user.group_ids = [Command.unlink(group.id)]
        self.env.flush_all()
        self.assertRefused(client, 403)

    def test_users_without_the_group_are_refused(self):
        self.assertRefused(self.client(self.new_user("plain", "base.group_user")), 403)
        portal = self.new_user("portal_user", "base.group_portal")
        self.assertRefused(self.client(portal), 403)

    def test_the_superuser_is_never_admitted(self):
        superuser = self.env.ref("base.user_root")
        superuser.group_ids = [Command.link(self.env.ref("mcp_core.group_user").id)]
        self.env.flush_all()
        # the ORM refuses to activate it: suppose that somebody went around
        self.cr.execute("UPDATE res_users SET active = true WHERE id = 1")
        self.env.invalidate_all()
        self.assertRefused(self.client(superuser), 403)

    def test_a_session_cookie_does_not_authenticate(self):
        self.authenticate("mcp_user", "mcp_user")
        self.assertRefused(McpClient(self))

    def test_a_key_wins_over_the_cookie_of_somebody_else(self):
        self.authenticate("admin", "admin")
        client = McpClient(self, self.new_key(self.user), LATEST_LEGACY)
        with self.assertRaisesRegex(ToolFailed, "no model"):
            client.call("count", model="ir.config_parameter")
