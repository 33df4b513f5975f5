"""Prompts: what administrators offer to everybody, and users to themselves.

A prompt is made of messages, templates that are filled in with what a client sends as
its arguments; or by a method, where an addon brings one. It is global, or personal:
then it is its owner's alone, and nobody else sees it unless the owner proposes it for
everyone.
"""

import base64

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.mcp_core.decorators import COMPLETION_METHOD

from ..prompt import PROMPT_METHOD, Prompt
from ..wholeness import part_by_part


class McpPrompt(models.Model):
    _name = "mcp.prompt"
    _inherit = "mcp.offer"
    _description = "MCP Prompt"

    name = fields.Char(
        required=True,
        help="The name that clients ask for it by, and that people pick it by where a "
        "client shows no titles.",
    )
    description = fields.Text(help="Shown to people, and read by the model.")
    scope = fields.Selection(
        [("global", "Global"), ("personal", "Personal")],
        required=True,
        default="global",
        index=True,
    )
    user_id = fields.Many2one(
        "res.users", "Owner", index=True, ondelete="cascade", copy=False
    )
    # as inherited, and this addon's: its table goes when this addon is uninstalled
    group_ids = fields.Many2many()
    icon = fields.Image(max_width=64, max_height=64)
    argument_ids = fields.One2many("mcp.prompt.argument", "prompt_id", copy=True)
    message_ids = fields.One2many(
        "mcp.prompt.message", "prompt_id", string="Messages", copy=True
    )
    method = fields.Selection(
        selection="_selection_method",
        help="The method that makes the messages, of a prompt that an addon brings.",
    )
    completion = fields.Selection(
        selection="_selection_completion",
        help="The method that proposes values for the arguments.",
    )
    proposed = fields.Boolean(
        copy=False, help="Its owner proposes it for everyone.", readonly=True
    )
    overridden = fields.Boolean(
        compute="_compute_overridden",
        help="A global prompt has the same name: clients get that one.",
    )

    _name_unique = models.UniqueIndex("(name) WHERE user_id IS NULL")
    _own_name_unique = models.UniqueIndex("(user_id, name) WHERE user_id IS NOT NULL")
    _owned = models.Constraint(
        "CHECK ((scope = 'personal') = (user_id IS NOT NULL))",
        "A personal prompt has an owner, a global one has none.",
    )

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get("scope") == "personal":
            values["user_id"] = self.env.uid
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("scope") == "personal":
                vals.setdefault("user_id", self.env.uid)
        with part_by_part():
            prompts = super().create(vals_list)
        prompts._check_parts()
        prompts._check_names()
        return prompts

    def write(self, vals):
        with part_by_part():
            result = super().write(vals)
        if not {"argument_ids", "message_ids", "method", "completion"}.isdisjoint(vals):
            self._check_parts()
        if not {"name", "scope", "user_id"}.isdisjoint(vals):
            # Odoo looks at what a record was: nobody makes one somebody else's
            self.check_access("write")
            self._check_names()
        return result

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        for prompt, values in zip(self, copies, strict=True):
            if "name" not in (default or {}):
                values["name"] = prompt._free_name(prompt.name)
                values["title"] = self.env._("%s (copy)", prompt.title or prompt.name)
            if values.get("scope") == "personal":
                values["user_id"] = self.env.uid
        return copies

    def _free_name(self, name):
        """Return a name like *name* that nobody whom this user knows of has."""
        number = 2
        while self.search_count([("name", "=", f"{name}_{number}")], limit=1):
            number += 1
        return f"{name}_{number}"

    @api.depends("name", "scope")
    def _compute_overridden(self):
        own = self.filtered(lambda prompt: prompt.scope == "personal")
        self.overridden = False
        # who is not offered a global prompt gets their own, but its name says nothing
        taken = set(own._global_prompts().mapped("name"))
        for prompt in own:
            prompt.overridden = prompt.name in taken

    def _global_prompts(self):
        """Return the active global prompts that have the names of these.

        Whether there is one is no secret, hence sudo.
        """
        domain = Domain("user_id", "=", False) & Domain(
            "name", "in", self.mapped("name")
        )
        return self.env["mcp.prompt"].sudo().search(domain)

    def action_export(self):
        """Open the file that holds these prompts."""
        export = self.env["mcp.prompt.export"].create({"prompt_ids": self.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export as File"),
            "res_model": export._name,
            "res_id": export.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------
    # What clients are offered
    # ------------------------------------------------------------

    @api.model
    def _selection_method(self):
        return self._selection_of_marked(PROMPT_METHOD, "_prompt_")

    @api.model
    def _selection_completion(self):
        return self._selection_of_marked(COMPLETION_METHOD, "_complete_")

    @api.model
    def _catalogue_domain(self):
        # personal ones are read for each request: many, and each for one user
        return super()._catalogue_domain() & Domain("user_id", "=", False)

    @api.model
    def _available(self, exchange):
        """The caller's own prompts come after the global ones, which win by name."""
        offered = super()._available(exchange)
        taken = {prompt.name for prompt in offered}
        taken |= {described.name for described, _groups in self._catalogue()}
        own = self.sudo().search([("user_id", "=", self.env.uid)])
        described = [prompt._described() for prompt in own]
        return [*offered, *(mine for mine in described if mine.name not in taken)]

    def _described(self):
        icon = ""
        if self.icon:
            # fields.Image keeps what it was given unless it was larger: read its type
            data = base64.b64decode(self.with_context(bin_size=False).icon)
            if data.startswith(b"\x89PNG"):
                icon = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        return Prompt(
            name=self.name,
            title=self.title or "",
            description=self.description or "",
            arguments=tuple(argument._described() for argument in self.argument_ids),
            method=self.method or "",
            completion=self.completion or "",
            templates=tuple(message._described() for message in self.message_ids),
            icon=icon,
        )
