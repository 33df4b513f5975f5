"""What an administrator may set for the security of the MCP server.

Each setting has a field ``mcp_<name>`` in ``models/res_config_settings.py`` and a place
in ``views/res_config_settings_views.xml``.
"""

from odoo.addons.mcp_core.settings import Number, Table

from .policy import DEFAULTS

TABLE = Table(
    prefix="mcp_security.",
    numbers={
        # messages that each user may send, 0 for no limit
        "rate_per_minute": Number(120, 0, 100_000),
        # and how many of them at once
        "rate_burst": Number(60, 1, 10_000),
        # failures that lock a login at an address, 0 for no lockout
        "lockout_failures": Number(5, 0, 1000),
        # calls of a user that wait for an answer of their client
        "waiting_calls": Number(1, 1, 100),
    },
    # addresses and networks of proxies whose X-Forwarded-For is believed
    lists=frozenset({"trusted_proxies"}),
    switches={
        # a login with a password or a key, beside keys alone
        "basic_enabled": True,
        # whether a valid key is refused too at a locked address
        "lockout_strict": False,
    },
    # what clients may do with models that have no access record
    choices={"default_access": tuple(DEFAULTS)},
)
