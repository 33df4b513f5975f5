"""Addresses of clients: one form for each, and no word of whoever is not trusted."""

import importlib.util
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

_SOURCE = Path(__file__).parents[2] / "mcp_security" / "addresses.py"
#: plain Python in an addon that is not: read from its file
_spec = importlib.util.spec_from_file_location("addresses", _SOURCE)
addresses = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(addresses)

_V4 = st.ip_addresses(v=4)
_V6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None)
_ANY = _V4 | _V6
_PROXIES = [addresses.parse_network(text) for text in ("10.0.0.0/8", "fd00::/8")]
_OURS = st.sampled_from(["10.0.0.1", "10.255.255.254", "fd00::1", "::ffff:10.0.0.2"])
_STRANGE = _ANY.filter(
    lambda address: not any(address in network for network in _PROXIES)
)
_HEADER = st.text(st.characters(max_codepoint=0xFF), max_size=80)


@given(_ANY)
def test_every_way_of_writing_an_address_is_that_address(address):
    written = [str(address), f"  {address} "]
    if address.version == 4:
        written += [f"::ffff:{address}", f"::FFFF:{address}", f"{address}:8069"]
        written.append(f"[::ffff:{address}]:8069")
    else:
        written += [address.exploded.upper(), f"[{address}]", f"[{address}]:443"]
        written += [f"{address}%eth0", f"[{address}%25eth0]:443"]
    assert {addresses.parse(text) for text in written} == {address}


@given(_HEADER | st.text(max_size=80))
def test_whatever_is_written_is_an_address_or_none(text):
    parsed = addresses.parse(text)
    assert parsed is None or isinstance(parsed, IPv4Address | IPv6Address)
    tiers = addresses.tiers(parsed)
    assert addresses.name(parsed) == tiers[0].name
    if parsed is None:
        assert [tier.name for tier in tiers] == [addresses.UNKNOWN]


@pytest.mark.parametrize(
    "text",
    ["010.1.1.1", "0x7f.1", "1.1", "2130706433", "1.2.3.4.5", "::1::", "a%b", "[", "٣"],
)
def test_what_only_some_libraries_read_as_an_address_is_none(text):
    assert addresses.parse(text) is None


@given(_ANY)
def test_tiers_grow_and_hold_the_address(address):
    tiers = addresses.tiers(address)
    networks = [ip_network(tier.name) for tier in tiers]
    assert all(address in network for network in networks)
    assert networks == sorted(networks, key=lambda network: -network.prefixlen)
    factors = [tier.factor for tier in tiers]
    assert factors == sorted(factors)
    assert len({*factors}) == len(factors)


@given(_V6, st.integers(min_value=0, max_value=2**64 - 1))
def test_neighbours_in_a_network_are_counted_together(address, host):
    neighbour = IPv6Address(int(address) >> 64 << 64 | host)
    if neighbour.ipv4_mapped is None:
        assert addresses.tiers(address) == addresses.tiers(neighbour)


@given(_V4, st.integers(min_value=0, max_value=32))
def test_a_mapped_network_is_the_network(address, bits):
    network = addresses.parse_network(f"{address}/{bits}")
    mapped = addresses.parse_network(f"::ffff:{address}/{96 + bits}")
    assert network == mapped
    assert addresses.contains([mapped], addresses.parse(f"::ffff:{address}"))


@given(_STRANGE, _HEADER | st.none())
def test_who_is_no_proxy_of_ours_speaks_for_nobody(peer, forwarded):
    found = addresses.client_address(str(peer), forwarded, _PROXIES)
    assert addresses.parse(found) == peer


@given(_OURS, _HEADER, _STRANGE, st.lists(_OURS, max_size=3))
def test_nothing_before_the_client_changes_who_it_is(peer, said, client, hops):
    forwarded = ", ".join([said, str(client), *hops])
    found = addresses.client_address(peer, forwarded, _PROXIES)
    assert addresses.parse(found) == client


@given(_OURS, _HEADER)
def test_what_makes_no_sense_is_never_one_of_our_proxies_word_for_another(peer, said):
    """The last hop that is no proxy of ours decides, whatever it is."""
    found = addresses.client_address(peer, said, _PROXIES)
    last = [
        hop
        for hop in [*said.split(","), peer]
        if not addresses.contains(_PROXIES, addresses.parse(hop))
    ]
    if last and said:
        assert addresses.parse(found) == addresses.parse(last[-1])
