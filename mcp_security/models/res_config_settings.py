"""The fields of the settings screen, one for each of :mod:`..settings`."""

from odoo import fields, models
from odoo.exceptions import ValidationError

from .. import addresses


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mcp_basic_enabled = fields.Boolean(
        "Login and Password",
        help="Let clients sign in with a login and a password, by HTTP Basic.",
    )
    mcp_default_access = fields.Selection(
        [
            ("odoo", "All that the user may do in Odoo"),
            ("read", "Reading only"),
            ("nothing", "Nothing"),
        ],
        "Models without Access Records",
        help="What clients may do with a model that has no access record.",
    )
    mcp_lockout_failures = fields.Integer(
        "Failures until a Lockout",
        help="Failed attempts of a login at one address until it is locked there for a "
        "while; 0 for no lockout. A whole address is locked after four times as many.",
    )
    mcp_lockout_strict = fields.Boolean(
        "Refuse valid keys too",
        help="While an address is locked, valid keys go on working there, one request "
        "every two seconds. Ticked, they are refused like everybody else.",
    )
    mcp_trusted_proxies = fields.Text(
        "Trusted Proxies",
        help="Addresses and networks of proxies in front of Odoo, whose header "
        "X-Forwarded-For tells where clients are.",
    )
    mcp_rate_per_minute = fields.Integer(
        "Messages per Minute",
        help="Messages that each user's clients may send in a minute; 0 for no limit.",
    )
    mcp_rate_burst = fields.Integer(
        "Messages at Once",
        help="Messages that may come at once after a pause.",
    )
    mcp_waiting_calls = fields.Integer(
        "Open Questions",
        help="Tools of a user that may wait at once for an answer of their client.",
    )

    def _mcp_check_words(self, name, words):
        if name != "trusted_proxies":
            return super()._mcp_check_words(name, words)
        networks = []
        for word in words:
            try:
                networks.append(str(addresses.parse_network(word)))
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Trusted Proxies: “%s” is no address and no network. Write "
                        "127.0.0.1, 10.0.0.0/8 or fd00::/8.",
                        word,
                    )
                ) from error
        return networks
