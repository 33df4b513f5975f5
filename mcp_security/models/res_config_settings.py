"""The fields of the settings screen, one for each of :mod:`..settings`."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mcp_rate_per_minute = fields.Integer(
        "Messages per Minute",
        help="Messages that each user's clients may send in a minute; 0 for no limit.",
    )
    mcp_rate_burst = fields.Integer(
        "Messages at Once",
        help="Messages that may come at once after a pause.",
    )
