"""Addresses: one form for each, what is counted together, whom a proxy speaks for."""

from odoo.tests import BaseCase, tagged

from .. import addresses


def tiers(text):
    return [tier.name for tier in addresses.tiers(addresses.parse(text))]


@tagged("post_install", "-at_install")
class TestAddresses(BaseCase):
    def test_an_address_has_one_form(self):
        for text, form in {
            " 203.0.113.7 ": "203.0.113.7",
            "::ffff:203.0.113.7": "203.0.113.7",
            "::FFFF:CB00:7107": "203.0.113.7",
            "2001:DB8:0::1": "2001:db8::1",
            "fe80::1%eth0": "fe80::1",
            "[2001:db8::1]:443": "2001:db8::1",
            "203.0.113.7:443": "203.0.113.7",
        }.items():
            with self.subTest(text=text):
                self.assertEqual(str(addresses.parse(text)), form)

    def test_what_is_no_address_is_none(self):
        for text in (
            "",
            "unknown",
            "1.2.3",
            "010.0.0.1",
            "_hidden",
            "9" * 99,
        ):
            with self.subTest(text=text):
                self.assertIsNone(addresses.parse(text))
                self.assertEqual(tiers(text), [addresses.UNKNOWN])

    def test_a_network_has_one_form(self):
        for text, form in {
            "203.0.113.7": "203.0.113.7/32",
            "203.0.113.7/24": "203.0.113.0/24",
            "::ffff:10.0.0.0/104": "10.0.0.0/8",
            "2001:db8::1/32": "2001:db8::/32",
            "::/0": "::/0",
        }.items():
            with self.subTest(text=text):
                self.assertEqual(str(addresses.parse_network(text)), form)
        for text in ("", "10.0.0.0/33", "10.0.0/8", "everybody", "10.0.0.0/8/8"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                addresses.parse_network(text)

    def test_an_address_of_version_6_is_counted_with_its_neighbours(self):
        self.assertEqual(tiers("203.0.113.7"), ["203.0.113.7"])
        self.assertEqual(tiers("::ffff:203.0.113.7"), ["203.0.113.7"])
        self.assertEqual(
            tiers("2001:db8:1:2ab::3"),
            ["2001:db8:1:2ab::/64", "2001:db8:1:200::/56", "2001:db8:1::/48"],
        )
        looser = [tier.factor for tier in addresses.tiers(addresses.parse("2001::1"))]
        self.assertEqual(looser, sorted(set(looser)))

    def test_only_what_a_trusted_proxy_says_counts(self):
        proxies = [addresses.parse_network(text) for text in ("10.0.0.0/8", "::1")]
        for peer, forwarded, client in (
            # nobody in between, or somebody who is not trusted
            ("203.0.113.7", None, "203.0.113.7"),
            ("203.0.113.7", "1.1.1.1", "203.0.113.7"),
            ("203.0.113.7", "10.0.0.1", "203.0.113.7"),
            # one of ours, and what the client wrote before it
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "10.0.0.9,203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("::1", "2001:db8::5", "2001:db8::5"),
            ("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
            # what makes no sense is nobody's address
            ("10.0.0.1", "1.1.1.1, garbage", "garbage"),
            ("10.0.0.1", "1.1.1.1,", ""),
            # the proxy itself, and machines of ours behind it
            ("10.0.0.1", None, "10.0.0.1"),
            ("10.0.0.1", "10.0.0.7", "10.0.0.7"),
        ):
            with self.subTest(peer=peer, forwarded=forwarded):
                self.assertEqual(
                    addresses.client_address(peer, forwarded, proxies), client
                )
