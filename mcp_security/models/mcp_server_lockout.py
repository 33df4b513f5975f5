"""Refusing before anything is hashed: addresses that may not, and who failed too often.

What a lock is on decides who is kept out. A login that failed too often at an address
is locked there and nowhere else: nobody locks out somebody else's login. An address
from which too many different ones failed is locked for all logins. Keys are guessed by
nobody, so a valid one works at a locked address too, slowly.
"""

import functools
from dataclasses import dataclass

from odoo import api, models

from odoo.addons.mcp_core.protocol.credentials import BASIC, BEARER, credentials
from odoo.addons.mcp_core.protocol.errors import (
    Forbidden,
    TooManyRequests,
    Unauthorized,
)

from .. import addresses
from .mcp_lockout import KEY_SECONDS, OF_NETWORK

_SLOT = "mcp_security.key_slot"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt to authenticate.

    :param scheme: of the credentials
    :param label: the login for people to read, empty for a key
    :param pair: the key of the login at its network
    :param rows: (key, network, label, failures that lock it) of all that is counted
    """

    scheme: str
    label: str
    pair: str
    rows: tuple


@functools.lru_cache(maxsize=16)
def _networks(texts):
    """Return the networks that the words of a setting stand for."""
    networks = []
    for text in sorted(texts):
        try:
            networks.append(addresses.parse_network(text))
        except ValueError:
            # written by hand, and not on the screen that checks it
            continue
    return tuple(networks)


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _client_address(self, http_request):
        proxies = _networks(self._setting("trusted_proxies"))
        if not proxies:
            return super()._client_address(http_request)
        environ = http_request.environ
        # Odoo itself trusts whoever sends X-Forwarded-Host, and has replaced these
        original = environ.get("werkzeug.proxy_fix.orig") or environ
        return addresses.client_address(
            original.get("REMOTE_ADDR") or "",
            environ.get("HTTP_X_FORWARDED_FOR"),
            proxies,
        )

    @api.model
    def _authenticate(self, exchange, authorization):
        if not self.env["mcp.ip.rule"]._admits(exchange.address):
            self._emit("address.refused", exchange)
            raise Forbidden("This address may not use the MCP server.")
        most = self._setting("lockout_failures")
        if not most or not authorization:
            # who says nothing about themselves has not failed
            return super()._authenticate(exchange, authorization)
        claimed = credentials(authorization)
        attempt = self._attempt(exchange, claimed, most)
        locks = self.env["mcp.lockout"]._locks([key for key, *_rest in attempt.rows])
        locked = [key for key, *_rest in attempt.rows if locks.get(key)]
        # the widest network that is locked: its slot is one for all of it
        if locked and not self._passes_slowly(exchange, claimed, locked[-1]):
            raise self._locked_out(exchange, attempt, locks)
        try:
            principal = super()._authenticate(exchange, authorization)
        except Unauthorized as error:
            if self.env["mcp.lockout"]._fail(str(exchange.id), attempt.rows):
                self._emit("auth.lockout", exchange, login=attempt.label)
            if locked:
                # as for a key that was not even looked at
                raise self._locked_out(exchange, attempt, locks) from error
            raise
        if attempt.label and attempt.pair in locks:
            # one key that is right says nothing of the others that were tried
            self.env["mcp.lockout"]._clear(attempt.pair)
        return principal

    @api.model
    def _attempt(self, exchange, claimed, most):
        """Return what is counted where, should the attempt fail."""
        tiers = addresses.tiers(addresses.parse(exchange.address))
        network = tiers[0].name
        # all keys of an address are one: they name no login
        login = claimed.login if claimed.scheme == BASIC else ""
        pair = self.env["mcp.lockout"]._key_of(claimed.scheme, login, network)
        label = claimed.label if login else ""
        rows = [(pair, network, label, most)]
        rows += [
            (f"{OF_NETWORK}{tier.name}", tier.name, "", most * tier.factor)
            for tier in tiers
        ]
        return _Attempt(claimed.scheme, label, pair, tuple(rows))

    @api.model
    def _passes_slowly(self, exchange, claimed, lock):
        """Return whether a key is looked at although its address is locked.

        Without hashing anything: of a key that is nobody's, the first characters are
        nobody's.
        """
        lockouts = self.env["mcp.lockout"]
        if claimed.scheme != BEARER or self._setting("lockout_strict"):
            return False
        if _SLOT not in exchange.memory:  # on a retry of the transaction it is
            exchange.memory[_SLOT] = lockouts._is_key_of_anybody(
                claimed.secret
            ) and lockouts._take_slot(lock)
        return exchange.memory[_SLOT]

    @api.model
    def _locked_out(self, exchange, attempt, locks):
        """Return the refusal, the same whatever was claimed."""
        seconds = max(locks.values())
        if attempt.scheme == BEARER and not self._setting("lockout_strict"):
            seconds = KEY_SECONDS
        self._emit("auth.locked", exchange, login=attempt.label, retry_after=seconds)
        return TooManyRequests(
            f"Too many failed attempts. Try again in {seconds} s.", seconds
        )
