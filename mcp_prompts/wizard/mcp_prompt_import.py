"""Prompts from one file, all of them or none."""

import base64

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import transfer


class McpPromptImport(models.TransientModel):
    _name = "mcp.prompt.import"
    _description = "Import of MCP Prompts"

    file = fields.Binary(required=True)
    filename = fields.Char()
    scope = fields.Selection(
        [("global", "For everyone"), ("personal", "For me")],
        required=True,
        default="personal",
    )
    existing = fields.Selection(
        [
            ("refuse", "Import nothing"),
            ("keep", "Keep those that are there"),
            ("replace", "Replace those that are there"),
        ],
        "If a Name Is Taken",
        required=True,
        default="refuse",
    )

    def action_import(self):
        """Create what the file holds, with the rights of the current user."""
        self.ensure_one()
        try:
            found = transfer.read(base64.b64decode(self.file))
        except transfer.BadFile as error:
            raise UserError(
                self.env._("This is no file of prompts: %s.", error)
            ) from error
        imported = self.env["mcp.prompt"]
        for exported in found:
            try:
                imported |= self._imported(exported)
            except ValidationError as error:
                raise UserError(
                    self.env._(
                        "Nothing was imported. “%(name)s”: %(reason)s",
                        name=exported["name"],
                        reason=error,
                    )
                ) from error
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported Prompts"),
            "res_model": "mcp.prompt",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", imported.ids)],
            "target": "main",
        }

    @api.model
    def _imported(self, exported):
        owner = self.env.user if self.scope == "personal" else self.env["res.users"]
        prompts = self.env["mcp.prompt"].with_context(active_test=False, lang="en_US")
        existing = prompts.search(
            [("name", "=", exported["name"]), ("user_id", "=", owner.id)]
        )
        if existing and self.existing == "keep":
            return prompts
        if existing and self.existing == "refuse":
            raise ValidationError(self.env._("The name is taken."))
        values = self._values(exported) | {"scope": self.scope, "user_id": owner.id}
        if existing:
            parts = {
                name: [Command.clear(), *values[name]]
                for name in ("argument_ids", "message_ids")
            }
            existing.write(values | parts)
        else:
            existing = prompts.create(values)
        for code, texts in exported.get("translations", {}).items():
            self._translate(existing, code, texts)
        return existing.with_env(self.env)

    @api.model
    def _values(self, exported):
        return {
            "name": exported["name"],
            "title": exported.get("title"),
            "description": exported.get("description"),
            "sequence": exported.get("sequence", 100),
            "icon": exported.get("icon"),
            "group_ids": [Command.set(self._groups(exported.get("groups", ())).ids)],
            "argument_ids": [
                Command.create(
                    {
                        **argument,
                        "choices": "\n".join(argument.get("choices", ())),
                        "sequence": number,
                    }
                )
                for number, argument in enumerate(exported.get("arguments", ()))
            ],
            "message_ids": [
                Command.create(
                    {
                        "role": message["role"],
                        "body": message.get("text"),
                        "embedded": (
                            "record"
                            if "record" in message
                            else "resource"
                            if "resource" in message
                            else False
                        ),
                        "record_argument": message.get("record"),
                        "resource_uri": message.get("resource"),
                        "sequence": number,
                    }
                )
                for number, message in enumerate(exported["messages"])
            ],
        }

    @api.model
    def _groups(self, names):
        groups = self.env["res.groups"]
        for name in names:
            group = self.env.ref(name, raise_if_not_found=False)
            if group is None or group._name != groups._name:
                raise ValidationError(self.env._("There is no group “%s” here.", name))
            groups |= group
        return groups

    @api.model
    def _translate(self, prompt, code, texts):
        if code not in dict(self.env["res.lang"].get_installed()):
            return
        translated = prompt.with_context(lang=code)
        translated.write(
            {name: texts[name] for name in ("title", "description") if name in texts}
        )
        bodies = texts.get("messages", [])
        for message, body in zip(translated.message_ids, bodies, strict=False):
            if body:
                message.body = body
