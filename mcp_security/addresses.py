"""Network addresses: one form for each, and how far a lock on one reaches.

Whoever has an IPv6 connection has at least 2**64 addresses, and often some thousand
times as many: what is counted there is counted for the network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: Where everybody is counted whose address makes no sense.
UNKNOWN = "unknown"
#: The first bits of an address that are one tier, and how many times as many failures
#: as one login may have it takes to lock that tier.
_TIERS = {4: ((32, 4),), 6: ((64, 4), (56, 16), (48, 64))}
#: Characters of an address; what is longer is none.
_TEXT_MAX = 60


@dataclass(frozen=True, slots=True)
class Tier:
    """Addresses that are locked together.

    :param name: of the network, ``"2001:db8::/56"``
    :param factor: how many times the usual number of failures lock it
    """

    name: str
    factor: int


def parse(text: str) -> Address | None:
    """Return the address that *text* stands for, ``None`` where it is none.

    An IPv4 address that is written as an IPv6 one is the IPv4 address; what follows a
    percent sign is left out: it names an interface of some machine.

    >>> parse("::ffff:203.0.113.7"), parse("fe80::1%eth0"), parse("proxy")
    (IPv4Address('203.0.113.7'), IPv6Address('fe80::1'), None)
    """
    text = text.strip()
    if len(text) > _TEXT_MAX:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        # some proxies add the port
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def parse_network(text: str) -> Network:
    """Return the network that *text* stands for, in CIDR notation or as an address.

    >>> parse_network("203.0.113.7/24"), parse_network("::ffff:10.0.0.0/104")
    (IPv4Network('203.0.113.0/24'), IPv4Network('10.0.0.0/8'))

    :raise ValueError: it is none
    """
    network = ip_network(text.strip(), strict=False)
    if isinstance(network, IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - 96))
    return network


def contains(networks: Iterable[Network], address: Address | None) -> bool:
    """Return whether *address* is in one of the networks; ``None`` is in none."""
    return address is not None and any(address in network for network in networks)


def name(address: Address | None) -> str:
    """Return the smallest network that is counted together.

    >>> name(parse("2001:db8::1")), name(parse("203.0.113.7")), name(None)
    ('2001:db8::/64', '203.0.113.7', 'unknown')
    """
    return tiers(address)[0].name


def tiers(address: Address | None) -> Sequence[Tier]:
    """Return what an address is locked with, the smallest first.

    >>> [tier.name for tier in tiers(parse("2001:db8:1:2::3"))]
    ['2001:db8:1:2::/64', '2001:db8:1::/56', '2001:db8:1::/48']
    """
    if address is None:
        return (Tier(UNKNOWN, 1),)
    if address.version == 4:
        return (Tier(str(address), _TIERS[4][0][1]),)
    return tuple(
        Tier(str(IPv6Network((address, bits), strict=False)), factor)
        for bits, factor in _TIERS[6]
    )


def client_address(peer: str, forwarded: str | None, proxies: Sequence[Network]) -> str:
    """Return the address of a client behind proxies.

    Each proxy adds at the end of ``X-Forwarded-For`` whom it was talking to. What
    stands before the first address that is no proxy of ours was written by whoever is
    there, and says nothing.

    >>> ours = [parse_network("10.0.0.0/8")]
    >>> client_address("10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2", ours)
    '203.0.113.7'
    >>> client_address("203.0.113.7", "1.1.1.1", ours)
    '203.0.113.7'

    :param peer: the address of the connection
    :param forwarded: the header, ``None`` without one
    :param proxies: those that are trusted
    """
    hops = [*(forwarded or "").split(","), peer] if forwarded else [peer]
    for hop in reversed(hops):
        if not contains(proxies, parse(hop)):
            return hop.strip()[:_TEXT_MAX]
    return hops[0].strip()[:_TEXT_MAX]
