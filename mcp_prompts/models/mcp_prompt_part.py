"""What prompts are made of: changing a part alone is checked like the whole."""

from odoo import api, models


class McpPromptPart(models.AbstractModel):
    _name = "mcp.prompt.part"
    _description = "Part of an MCP Prompt"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_whole()
        return parts

    def write(self, vals):
        before = self.prompt_id
        result = super().write(vals)
        if "prompt_id" in vals:
            # Odoo looks at whose it was: nobody puts parts into somebody else's prompt
            self.check_access("write")
            before._check_parts()
        self._check_whole()
        return result

    def unlink(self):
        prompts = self.prompt_id
        result = super().unlink()
        prompts.exists()._check_parts()
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(
            field_name, translations, source_lang
        )
        self._check_whole()
        return result

    def _check_whole(self):
        self.prompt_id._check_parts()
