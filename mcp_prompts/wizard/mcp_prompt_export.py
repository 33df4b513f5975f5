"""Prompts as one file."""

import base64

from odoo import api, fields, models

from .. import transfer


class McpPromptExport(models.TransientModel):
    _name = "mcp.prompt.export"
    _description = "Export of MCP Prompts"

    prompt_ids = fields.Many2many("mcp.prompt", string="Prompts", required=True)
    skipped = fields.Integer(
        compute="_compute_file",
        help="Prompts that an addon makes are not exported: the addon brings them.",
    )
    file = fields.Binary(compute="_compute_file")
    filename = fields.Char(compute="_compute_file")

    @api.depends("prompt_ids")
    def _compute_file(self):
        for export in self:
            written = export.prompt_ids.filtered(lambda prompt: not prompt.method)
            data = transfer.write([self._exported(prompt) for prompt in written])
            export.file = base64.b64encode(data)
            export.filename = "prompts.json"
            export.skipped = len(export.prompt_ids - written)

    @api.model
    def _exported(self, prompt):
        # in the language that every other one is a translation of
        source = prompt.with_context(lang="en_US")
        exported = {
            "name": source.name,
            "title": source.title or "",
            "description": source.description or "",
            "sequence": source.sequence,
            "groups": sorted(source.group_ids.get_external_id().values()),
            "arguments": [self._exported_argument(a) for a in source.argument_ids],
            "messages": [self._exported_message(m) for m in source.message_ids],
            "translations": self._translations(prompt),
        }
        if source.icon:
            exported["icon"] = source.icon.decode()
        return {
            name: value for name, value in exported.items() if value not in ("", [], {})
        }

    @api.model
    def _exported_argument(self, argument):
        exported = {
            "name": argument.name,
            "title": argument.title,
            "description": argument.description,
            "required": argument.required,
            "kind": argument.kind,
            "choices": list(argument._choices()) if argument.kind == "choice" else None,
            "model": argument.model if argument.kind == "record" else None,
        }
        return {name: value for name, value in exported.items() if value}

    @api.model
    def _exported_message(self, message):
        exported = {
            "role": message.role,
            "text": message.body,
            "record": message.embedded == "record" and message.record_argument,
            "resource": message.embedded == "resource" and message.resource_uri,
        }
        return {name: value for name, value in exported.items() if value}

    @api.model
    def _translations(self, prompt):
        source, translations = prompt.with_context(lang="en_US"), {}
        for code, _name in self.env["res.lang"].get_installed():
            if code == "en_US":
                continue
            translated = prompt.with_context(lang=code)
            texts = {
                name: translated[name]
                for name in ("title", "description")
                if translated[name] and translated[name] != source[name]
            }
            bodies = [message.body or "" for message in translated.message_ids]
            if bodies != [message.body or "" for message in source.message_ids]:
                texts["messages"] = bodies
            if texts:
                translations[code] = texts
        return translations
