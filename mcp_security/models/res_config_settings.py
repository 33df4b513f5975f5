"""The fields of the settings screen, one for each of :mod:`..settings`."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mcp_default_access = fields.Selection(
        [
            ("odoo", "All that the user may do in Odoo"),
            ("read", "Reading only"),
            ("nothing", "Nothing"),
        ],
        "Models without Access Records",
        help="What clients may do with a model that has no access record.",
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
