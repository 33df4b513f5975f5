"""The screen of the settings: what it shows, keeps and refuses."""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, mute_logger, tagged

from ..settings import TABLE
from .common import McpCase


class SettingsCase(TransactionCase):
    def saved(self, **values):
        """Save the screen with these values, and return it as opened again."""
        screens = self.env["res.config.settings"]
        screens.create(values).execute()
        return screens.create({})

    def parameter(self, name):
        return self.env["ir.config_parameter"].get_param(TABLE.parameter(name))

    def put(self, name, text):
        self.env["ir.config_parameter"].set_param(TABLE.parameter(name), text)


@tagged("post_install", "-at_install")
class TestSettings(SettingsCase):
    def test_every_setting_has_a_field_with_help(self):
        fields = self.env["res.config.settings"]._fields
        names = self.env["res.config.settings"]._mcp_names()
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertTrue(fields[f"mcp_{name}"].help, name)

    def test_what_is_not_set_shows_the_default_and_stays_unset(self):
        screen = self.saved()
        self.assertTrue(screen.mcp_enabled)
        self.assertEqual(screen.mcp_request_bytes, 4096)
        self.assertEqual(screen.mcp_session_ttl_minutes, 1440)
        self.assertFalse(screen.mcp_allowed_hosts)
        for name in TABLE.names:
            self.assertIs(self.parameter(name), False, name)

    def test_a_change_is_kept_and_the_default_written_back_is_not(self):
        screen = self.saved(mcp_page_size=50, mcp_request_bytes=64, mcp_enabled=False)
        self.assertEqual(screen.mcp_page_size, 50)
        self.assertEqual(screen.mcp_request_bytes, 64)
        self.assertFalse(screen.mcp_enabled)
        self.assertEqual(self.parameter("request_bytes"), "65536")
        self.assertEqual(self.parameter("enabled"), "0")
        self.assertIs(self.parameter("answer_bytes"), False)
        self.saved(mcp_page_size=100, mcp_request_bytes=4096, mcp_enabled=True)
        for name in ("page_size", "request_bytes", "enabled"):
            self.assertIs(self.parameter(name), False, name)

    def test_numbers_outside_of_their_bounds_are_refused(self):
        for name, number in TABLE.numbers.items():
            for value in (0, -1, number.maximum + 1):
                with self.assertRaisesRegex(ValidationError, "is not between"):
                    self.saved(**{f"mcp_{name}": value})

    def test_a_value_written_by_hand_is_left_alone_until_it_is_changed(self):
        self.put("request_bytes", "100000")
        self.put("page_size", "many")
        self.put("allowed_hosts", "https://odd/")
        self.saved(mcp_answer_records=5)
        self.assertEqual(self.parameter("request_bytes"), "100000")
        self.assertEqual(self.parameter("page_size"), "many")
        self.assertEqual(self.parameter("allowed_hosts"), "https://odd/")

    def test_origins_are_origins(self):
        for wrong in (
            "example.com",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://user@example.com",
            "https://*.example.com",
            "*",
            "null",
        ):
            with self.assertRaisesRegex(ValidationError, "is not an origin"):
                self.saved(mcp_allowed_origins=f"https://good.example.com {wrong}")
        self.saved(
            mcp_allowed_origins="HTTPS://Example.com:443, http://[::1]:80\n"
            "vscode-webview://abc http://localhost:6274"
        )
        self.assertEqual(
            self.parameter("allowed_origins").split(),
            [
                "https://example.com",
                "http://[::1]",
                "vscode-webview://abc",
                "http://localhost:6274",
            ],
        )

    def test_hosts_are_hosts(self):
        for wrong in ("https://example.com", "example.com/", "a/b", "*.a.com", "a:b"):
            with self.assertRaisesRegex(ValidationError, "is not a host"):
                self.saved(mcp_allowed_hosts=wrong)
        self.saved(mcp_allowed_hosts=" Example.com,, localhost:8069 \n[::1]:8069 ")
        self.assertEqual(
            self.parameter("allowed_hosts").split(),
            ["example.com", "localhost:8069", "[::1]:8069"],
        )
        self.saved(mcp_allowed_hosts=" ")
        self.assertIs(self.parameter("allowed_hosts"), False)


@tagged("post_install", "-at_install")
class TestSettingsInUse(McpCase):
    def save(self, **values):
        """Save the screen as the web client does, and return the answer."""
        self.authenticate("admin", "admin")
        screen = self.env["res.config.settings"].create(values)
        params = {
            "model": screen._name,
            "method": "execute",
            "args": [screen.ids],
            "kwargs": {},
        }
        return self.url_open(
            f"/web/dataset/call_kw/{screen._name}/execute",
            json={"jsonrpc": "2.0", "params": params},
        ).json()

    @mute_logger("odoo.http")
    def test_hosts_without_the_one_in_use_are_refused(self):
        own = self.base_url().removeprefix("http://")
        answer = self.save(mcp_allowed_hosts="other.example.com")
        self.assertIn(f"lacks “{own}”", answer["error"]["data"]["message"])
        for hosts in (own, own.rpartition(":")[0], f"other.example.com {own}"):
            self.assertNotIn("error", self.save(mcp_allowed_hosts=hosts), hosts)
            client = self.client(self.user)
            self.assertEqual(client.request("ping"), {})

    def test_switching_off_acts_at_once(self):
        client = self.client(self.user)
        self.save(mcp_enabled=False)
        self.assertEqual(client.post(client.message("ping")).status_code, 503)
        self.save(mcp_enabled=True)
        self.assertEqual(client.request("ping"), {})
