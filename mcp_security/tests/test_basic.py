"""HTTP Basic: who gets in with what, and what a refusal gives away."""

import base64
import logging
from datetime import datetime, timedelta
from unittest.mock import patch

from passlib.context import CryptContext
from passlib.handlers import pbkdf2

from odoo import Command
from odoo.tests import mute_logger, tagged

from odoo.addons.mcp_core.tests.common import MODERN, McpCase, McpClient

from .. import password_check

#: In place of Odoo's 600,000 and of the 6,000 that keys have.
_ROUNDS = 1000
_PASSWORD = "correct horse"
_PATCHED = "odoo.addons.base.models.res_users.ResUsersPatchedInTest._crypt_context"


def basic(login, secret):
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


def bearer(_login, secret):
    return f"Bearer {secret}"


class BasicCase(McpCase):
    """Users with passwords, and a count of the rounds that are computed for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        context = CryptContext(
            ["pbkdf2_sha512", "plaintext"],
            deprecated=["auto"],
            pbkdf2_sha512__rounds=_ROUNDS,
        )
        cls.startClassPatcher(patch(_PATCHED, lambda self: context))
        # failures are what is tested here, and many
        cls.env["ir.config_parameter"].set_param("mcp_security.lockout_failures", "0")
        cls.has_totp = "totp_secret" in cls.env["res.users"]._fields

    def setUp(self):
        super().setUp()
        self.rounds = []
        compute = pbkdf2.pbkdf2_hmac

        def counted(digest, secret, salt, rounds, *options):
            self.rounds.append(rounds)
            return compute(digest, secret, salt, rounds, *options)

        self.startPatcher(patch.object(pbkdf2, "pbkdf2_hmac", counted))
        self.user.password = _PASSWORD
        self.env.flush_all()
        self.rounds.clear()

    def send(self, authorization, method="server/discover", params=None):
        client = McpClient(self, revision=MODERN)
        client.headers["Authorization"] = authorization
        message = client.message(method, params)
        return client.post(message, headers=client.mirrored(message))

    def sign_in(self, password=_PASSWORD, user=None):
        return self.send(basic((user or self.user).login, password))

    def password_rounds(self):
        """Return the rounds since the last time, those of keys left out."""
        rounds = [number for number in self.rounds if number != 6000]
        self.rounds.clear()
        return rounds

    def store(self, stored, user=None):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET password = %s WHERE id = %s",
            [stored, (user or self.user).id],
        )

    def stored(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT password FROM res_users WHERE id = %s", [self.user.id]
        )
        return self.env.cr.fetchone()[0]

    def change(self, **values):
        with mute_logger("odoo.addons.base.models.res_users"):
            self.user.write(values)
        self.env.flush_all()

    def assertStatus(self, response, status):
        self.assertEqual(response.status_code, status, response.text)
        self.assertNotIn("Set-Cookie", response.headers)


@tagged("post_install", "-at_install")
class TestWhoGetsIn(BasicCase):
    #: Answers to password and key by Basic, password and key as bearer
    MATRIX = (
        ("plain", (200, 200, 401, 200)),
        ("totp", (401, 200, 401, 200)),
        ("archived", (401, 401, 401, 401)),
        ("demoted", (403, 403, 401, 403)),
        ("portal", (403, 403, 401, 403)),
        ("expired key", (200, 401, 401, 401)),
        ("wrong scope", (200, 401, 401, 401)),
    )

    def new_case(self, state):
        """Return a user of that kind and a key of theirs."""
        user = self.new_user(f"user {state}", password=_PASSWORD)
        now = datetime.now()
        key = self.new_key(
            user,
            scope="other" if state == "wrong scope" else "mcp",
            expires=now - timedelta(days=1) if state == "expired key" else None,
        )
        if state == "totp":
            user.totp_secret = "JBSWY3DPEHPK3PXP"
        elif state == "archived":
            user.active = False
        elif state == "demoted":
            group = self.env.ref("mcp_core.group_user")
            user.group_ids = [Command.unlink(group.id)]
        elif state == "portal":
            user.group_ids = [Command.set(self.env.ref("base.group_portal").ids)]
        self.env.flush_all()
        return user, key

    def test_the_matrix_of_users_secrets_and_schemes(self):
        for state, expected in self.MATRIX:
            if state == "totp" and not self.has_totp:
                continue
            user, key = self.new_case(state)
            with self.subTest(state):
                answers = tuple(
                    self.send(scheme(user.login, secret)).status_code
                    for scheme in (basic, bearer)
                    for secret in (_PASSWORD, key)
                )
                self.assertEqual(answers, expected)

    def test_an_unrestricted_key_is_good_as_for_bearer(self):
        key = self.new_key(self.user, scope=None)
        self.assertStatus(self.sign_in(key), 200)

    def test_a_key_for_odoos_own_interfaces_is_not(self):
        self.assertStatus(self.sign_in(self.new_key(self.user, scope="rpc")), 401)

    def test_a_key_needs_the_login_of_its_owner(self):
        other = self.new_user("other_user")
        key = self.new_key(other)
        self.assertStatus(self.sign_in(key), 401)
        self.assertStatus(self.send(basic("unknown", key)), 401)
        self.assertStatus(self.sign_in(key, other), 200)

    def test_a_read_only_key_stays_read_only(self):
        key = self.new_key(self.user, scope="mcp.read")
        answer = self.send(basic(self.user.login, key), "tools/list").json()
        tools = {tool["name"] for tool in answer["result"]["tools"]}
        self.assertIn("search", tools)
        self.assertNotIn("create", tools)

    def test_a_login_and_a_password_may_have_any_letters(self):
        user = self.new_user("zoë@例え.jp", password="pâss:wörd: ✓")
        self.assertStatus(self.sign_in("pâss:wörd: ✓", user), 200)

    def test_other_second_factors_ask_for_a_key_too(self):
        self.assertStatus(self.sign_in(), 200)
        with patch.object(self.registry["res.users"], "_mfa_type", lambda self: "sms"):
            self.password_rounds()
            self.assertStatus(self.sign_in(), 401)
            self.assertEqual(self.password_rounds(), [_ROUNDS])
            self.assertStatus(self.sign_in(self.new_key(self.user)), 200)

    def test_it_can_be_switched_off(self):
        key = self.new_key(self.user)
        self.env["ir.config_parameter"].set_param("mcp_security.basic_enabled", "0")
        for secret in (_PASSWORD, key):
            response = self.sign_in(secret)
            self.assertStatus(response, 401)
            self.assertEqual(
                response.headers["WWW-Authenticate"], 'Bearer realm="Odoo MCP"'
            )
            self.assertNotIn("HTTP Basic", response.json()["error"]["message"])
        self.assertEqual(self.password_rounds(), [])
        self.assertStatus(self.send(f"Bearer {key}"), 200)


@tagged("post_install", "-at_install")
class TestRefusals(BasicCase):
    def refusals(self):
        """Yield each reason to refuse with the Authorization header it needs."""
        login, key = self.user.login, self.new_key(self.user)
        yield "unknown login", basic("unknown", _PASSWORD)
        yield "login of other letters", basic(login.upper(), _PASSWORD)
        yield "wrong password", basic(login, "wrong horse")
        yield "wrong password like a key", basic(login, "0" * 40)
        yield "unknown login, like a key", basic("unknown", key)
        yield "nearly a key", basic(login, key[:-1] + ("0" if key[-1] != "0" else "1"))
        other = self.new_user("reasons", password=_PASSWORD)
        yield "key of somebody else", basic("reasons", key)
        expired = self.new_key(self.user, expires=datetime.now() - timedelta(days=1))
        yield "expired key", basic(login, expired)
        yield "key of another scope", basic(login, self.new_key(self.user, "other"))
        yield "key of Odoo's scope", basic(login, self.new_key(self.user, "rpc"))
        if self.has_totp:
            other.totp_secret = "JBSWY3DPEHPK3PXP"
            self.env.flush_all()
            yield "second factor", basic("reasons", _PASSWORD)
            yield "second factor and wrong password", basic("reasons", "wrong horse")
            other.totp_secret = False
        other.active = False
        self.env.flush_all()
        yield "archived", basic("reasons", _PASSWORD)
        yield "archived and wrong password", basic("reasons", "wrong horse")
        other.active = True
        self.store(None, other)
        yield "no password", basic("reasons", _PASSWORD)
        self.store(_PASSWORD, other)
        yield "a password that Odoo has yet to hash", basic("reasons", _PASSWORD)

    def test_every_refusal_is_the_same_and_costs_one_hash(self):
        expected = self.send(None)
        self.assertStatus(expected, 401)
        self.assertEqual(self.password_rounds(), [])
        for reason, authorization in self.refusals():
            self.rounds.clear()
            for _ in range(2):
                with self.subTest(reason):
                    response = self.send(authorization)
                    self.assertStatus(response, 401)
                    self.assertEqual(response.content, expected.content)
                    self.assertEqual(_lasting(response), _lasting(expected))
                    self.assertEqual(self.password_rounds(), [_ROUNDS])

    def test_what_is_not_well_formed_costs_nothing(self):
        expected = self.send(None)
        for authorization in (
            *("Basic", "Basic !", "Basic YTpi====", "Digest YTpi", basic("", "x")),
            *(basic(self.user.login, ""), basic(self.user.login, "x" * 2000)),
            basic(self.user.login, f"{_PASSWORD}\0"),
        ):
            with self.subTest(authorization[:20]):
                response = self.send(authorization)
                self.assertStatus(response, 401)
                self.assertEqual(response.content, expected.content)
        self.assertEqual(self.password_rounds(), [])

    def test_a_hash_of_fewer_rounds_costs_as_much(self):
        weaker = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=300)
        self.store(weaker.hash(_PASSWORD))
        self.rounds.clear()
        self.assertStatus(self.sign_in("wrong horse"), 401)
        self.assertEqual(self.password_rounds(), [300, _ROUNDS - 300])
        self.assertStatus(self.sign_in(), 200)

    def test_both_schemes_are_offered_bearer_first(self):
        response = self.send(None)
        self.assertEqual(
            response.raw.headers.getlist("WWW-Authenticate"),
            ['Bearer realm="Odoo MCP"', 'Basic realm="Odoo MCP", charset="UTF-8"'],
        )
        self.assertIn("HTTP Basic", response.json()["error"]["message"])

    def test_logs_and_events_know_no_secret_and_no_raw_login(self):
        events = []

        def emit(self, kind, exchange, **facts):
            events.append((kind, facts))

        server = self.registry["mcp.server"]
        login = "x\u202e" + "y" * 500
        with (
            patch.object(server, "_emit", emit),
            self.assertLogs(level=logging.DEBUG) as logs,
        ):
            self.send(basic(login, "wrong horse"))
            self.sign_in()
            self.sign_in("wrong horse")
        (_kind, unknown), (_kind, known) = [
            event for event in events if event[0] == "auth.failed"
        ]
        self.assertEqual(known, {"scheme": "basic", "login": self.user.login})
        self.assertEqual(unknown["scheme"], "basic")
        self.assertTrue(unknown["login"].isprintable())
        self.assertLess(len(unknown["login"]), 130)
        told = f"{events} {logs.output}"
        for word in ("horse", "\u202e", basic(self.user.login, _PASSWORD)[6:]):
            self.assertNotIn(word, told)


@tagged("post_install", "-at_install")
class TestRememberedPasswords(BasicCase):
    def test_a_password_is_hashed_once_a_minute(self):
        for _ in range(3):
            self.assertStatus(self.sign_in(), 200)
        self.assertEqual(self.password_rounds(), [_ROUNDS])
        self.assertLessEqual(password_check.LIFETIME, 60)

    def test_a_changed_password_is_refused_at_once(self):
        self.assertStatus(self.sign_in(), 200)
        self.change(password="another horse")
        self.password_rounds()
        self.assertStatus(self.sign_in(), 401)
        self.assertEqual(self.password_rounds(), [_ROUNDS])
        self.assertStatus(self.sign_in("another horse"), 200)

    def test_the_same_password_once_more_is_another(self):
        self.assertStatus(self.sign_in(), 200)
        self.change(password=_PASSWORD)
        self.password_rounds()
        self.assertStatus(self.sign_in(), 200)
        self.assertEqual(self.password_rounds(), [_ROUNDS])

    def test_what_is_remembered_admits_nobody(self):
        group = self.env.ref("mcp_core.group_user")
        changes = [
            ({"active": False}, {"active": True}, 401),
            (
                {"group_ids": [Command.unlink(group.id)]},
                {"group_ids": [Command.link(group.id)]},
                403,
            ),
        ]
        if self.has_totp:
            changes.append(
                ({"totp_secret": "JBSWY3DPEHPK3PXP"}, {"totp_secret": False}, 401)
            )
        for change, back, status in changes:
            with self.subTest(change=change):
                self.assertStatus(self.sign_in(), 200)
                self.password_rounds()
                self.change(**change)
                self.assertStatus(self.sign_in(), status)
                if status == 401:
                    self.assertEqual(self.password_rounds(), [_ROUNDS])
                self.change(**back)
                self.assertStatus(self.sign_in(), 200)

    def test_nothing_is_written(self):
        weaker = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=300)
        self.store(weaker.hash(_PASSWORD))
        stored = self.stored()
        logs = self.env["res.users.log"].sudo().search_count([])
        self.assertStatus(self.sign_in(), 200)
        self.assertStatus(self.sign_in("wrong horse"), 401)
        self.assertEqual(self.stored(), stored)
        self.assertEqual(self.env["res.users.log"].sudo().search_count([]), logs)


@tagged("post_install", "-at_install")
class TestSessionsOfPasswords(BasicCase):
    def open(self):
        client = McpClient(self)
        client.headers["Authorization"] = basic(self.user.login, _PASSWORD)
        self.assertStatus(client.initialize(), 200)
        return client

    def test_a_session_survives_until_the_password_changes(self):
        client = self.open()
        self.assertEqual(client.request("ping"), {})
        self.change(password="another horse")
        client.headers["Authorization"] = basic(self.user.login, "another horse")
        self.assertStatus(client.post(client.message("ping")), 404)
        self.assertStatus(client.initialize(), 200)
        self.assertEqual(client.request("ping"), {})

    def test_it_belongs_to_the_password_and_not_to_a_key(self):
        client = self.open()
        key = self.new_key(self.user)
        client.headers["Authorization"] = f"Bearer {key}"
        self.assertStatus(client.post(client.message("ping")), 404)

    def test_with_a_key_it_does_not_matter_how_the_key_is_sent(self):
        key = self.new_key(self.user)
        client = McpClient(self, key)
        client.headers["Authorization"] = basic(self.user.login, key)
        self.assertEqual(client.request("ping"), {})

    def test_administrators_see_a_name_and_nothing_to_guess_from(self):
        self.open()
        session = self.env["mcp.session"].search([("user_id", "=", self.user.id)])
        self.assertRegex(session.credential, r"^password:[0-9a-f]{32}$")
        self.open()
        sessions = self.env["mcp.session"].search([("user_id", "=", self.user.id)])
        self.assertEqual(len(set(sessions.mapped("credential"))), 1)


def _lasting(response):
    """Return the headers of an answer that do not tell the time."""
    return {
        name: value for name, value in response.raw.headers.items() if name != "Date"
    }
