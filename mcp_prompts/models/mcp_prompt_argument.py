"""Arguments of prompts."""

from odoo import fields, models


class McpPromptArgument(models.Model):
    _name = "mcp.prompt.argument"
    # the catalogue of prompts that core remembers holds their arguments too
    _inherit = "mcp.remembered"
    _description = "Argument of an MCP Prompt"
    _order = "sequence, id"

    prompt_id = fields.Many2one("mcp.prompt", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    title = fields.Char(translate=True)
    description = fields.Char(translate=True)
    required = fields.Boolean()

    _name_unique = models.Constraint(
        "UNIQUE (prompt_id, name)", "The prompt has an argument of this name already."
    )
