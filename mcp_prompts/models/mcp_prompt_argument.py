"""Arguments of prompts."""

from odoo import api, fields, models


class McpPromptArgument(models.Model):
    _name = "mcp.prompt.argument"
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

    # The catalogue of prompts that core remembers holds their arguments too.

    @api.model_create_multi
    def create(self, vals_list):
        arguments = super().create(vals_list)
        self.env.registry.clear_cache()
        return arguments

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
