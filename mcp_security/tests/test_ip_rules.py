"""IP rules: who may come, and what is refused on save."""

from unittest.mock import MagicMock, patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.mcp_core.tests.common import McpCase

from ..models import mcp_ip_rule


@tagged("post_install", "-at_install")
class TestIpRules(McpCase):
    def rule(self, network, action="allow", **values):
        return self.env["mcp.ip.rule"].create(
            {"network": network, "action": action, **values}
        )

    def admitted(self, *addresses):
        rules = self.env["mcp.ip.rule"]
        return [address for address in addresses if rules._admits(address)]

    def test_without_rules_everybody_may_come(self):
        every = ("203.0.113.7", "2001:db8::1", "garbage", "")
        self.assertEqual(self.admitted(*every), list(every))

    def test_one_allowed_network_refuses_all_others(self):
        self.rule("203.0.113.0/24")
        self.assertEqual(
            self.admitted(
                "203.0.113.7", "::ffff:203.0.113.8", "203.0.114.1", "::1", ""
            ),
            ["203.0.113.7", "::ffff:203.0.113.8"],
        )

    def test_what_is_denied_stays_denied(self):
        self.rule("203.0.113.0/24")
        self.rule("203.0.113.7", "deny")
        self.assertEqual(self.admitted("203.0.113.7", "203.0.113.8"), ["203.0.113.8"])

    def test_denying_alone_refuses_no_others_but_what_makes_no_sense(self):
        self.rule("2001:db8::/32", "deny")
        self.assertEqual(
            self.admitted("2001:db8::1", "2001:db9::1", "203.0.113.7", "garbage"),
            ["2001:db9::1", "203.0.113.7"],
        )

    def test_an_archived_rule_says_nothing(self):
        self.rule("203.0.113.7", "deny").active = False
        self.assertTrue(self.admitted("203.0.113.7"))

    def test_a_network_is_kept_in_its_one_form(self):
        self.assertEqual(self.rule("203.0.113.7/24").network, "203.0.113.0/24")
        self.assertEqual(self.rule("::ffff:203.0.113.7").network, "203.0.113.7")
        with self.assertRaisesRegex(ValidationError, "no address and no network"):
            self.rule("203.0.113.7/33")
        rule = self.rule("203.0.113.7")
        with self.assertRaises(ValidationError):
            rule.network = "everybody"

    def test_a_refused_address_is_told_before_any_key_is_looked_at(self):
        client = self.client(self.user)
        self.rule("127.0.0.1", "deny")
        for key in (client.headers["Authorization"], "Bearer wrong-key-0123", None):
            response = client.post(b"{}", headers={"Authorization": key})
            self.assertEqual(response.status_code, 403)
            self.assertEqual(response.headers["Content-Type"], "application/json")
            self.assertIn("This address", response.json()["error"]["message"])

    def test_rules_that_refuse_whoever_saves_them_have_to_say_so(self):
        server = type(self.env["mcp.server"])
        with (
            patch(f"{mcp_ip_rule.__name__}.request", MagicMock()),
            patch.object(server, "_client_address", lambda *_args: "203.0.113.7"),
        ):
            own = self.rule("203.0.113.0/24")
            with self.assertRaises(ValidationError) as caught:
                self.rule("203.0.113.7", "deny")
            self.assertIn("clients at 203.0.113.7", str(caught.exception))
            # as a request does that fails
            self.env.registry.clear_cache()
            other = self.rule("198.51.100.0/24")
            with self.assertRaises(ValidationError):
                own.unlink()
            self.env.registry.clear_cache()
            other.unlink()
            self.rule("203.0.113.7", "deny", locks_out=True)
            # who is out already is not asked again for each rule
            self.rule("192.0.2.0/24").description = "A client's network"

    def test_only_administrators_of_mcp_see_and_make_rules(self):
        rules = self.env["mcp.ip.rule"].with_user(self.user)
        with self.assertRaises(AccessError):
            rules.search([])
        with self.assertRaises(AccessError):
            rules.create({"network": "203.0.113.7"})
