"""Prompts: what administrators offer to everybody, and users to themselves.

A prompt is made of messages, templates that are filled in with what a client sends as
A prompt is made of messages, templates that are filled in with what a client sends
as its arguments; or by a method, where an addon brings one. It is global, or personal:
everyone.
"""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import frozendict, ormcache

from odoo.addons.mcp_core.decorators import marked

from ..prompt import Prompt
from ..template import NAME

#: Bounds of one prompt, and of what one user may keep.
MESSAGES_MAX = 20
ARGUMENTS_MAX = 20
OWN_MAX = 200


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
        prompts = super(McpPrompt, self._part_by_part()).create(vals_list)
        prompts = prompts.with_env(self.env)
        prompts._check_parts()
        prompts._check_names()
        return prompts

    def write(self, vals):
        result = super(McpPrompt, self._part_by_part()).write(vals)
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

    def _part_by_part(self):
        """While a whole prompt is written its parts do not fit yet."""
        return self.with_context(mcp_prompts_part_by_part=True)

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

    # ------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------

    def _check_names(self):
        for prompt in self:
            if not NAME.fullmatch(prompt.name.replace("-", "_").replace(".", "_")):
                raise ValidationError(
                    self.env._(
                        "“%s” can't be the name of a prompt: write letters without "
                        "accents, digits, hyphens and underscores, a letter first, at "
                        "most 64. The title is what people read.",
                        prompt.name,
                    )
                )
        own = self.filtered(lambda prompt: prompt.scope == "personal")
        if taken := own._global_prompts():
            raise ValidationError(
                self.env._(
                    "There is a prompt “%s” for everyone already. Choose another name.",
                    taken[0].name,
                )
            )
        for owner in own.user_id:
            kept = self.sudo().with_context(active_test=False)
            if kept.search_count([("user_id", "=", owner.id)]) > OWN_MAX:
                raise ValidationError(
                    self.env._("You may keep %s prompts of your own.", OWN_MAX)
                )

    def _check_parts(self):
        """
        :raise ValidationError: arguments and messages do not fit together
        """
        if self.env.context.get("mcp_prompts_part_by_part"):
            return
        for prompt in self:
            if prompt.method:
                prompt._check_methods()
                continue
            if not prompt.message_ids:
                raise ValidationError(
                    self.env._("“%s” has no message.", prompt.title or prompt.name)
                )
            if (
                len(prompt.message_ids) > MESSAGES_MAX
                or len(prompt.argument_ids) > ARGUMENTS_MAX
            ):
                raise ValidationError(
                    self.env._(
                        "A prompt has at most %(messages)s messages and %(arguments)s "
                        "arguments.",
                        messages=MESSAGES_MAX,
                        arguments=ARGUMENTS_MAX,
                    )
                )
            for code, _name in self.env["res.lang"].get_installed():
                prompt.with_context(lang=code)._check_placeholders()

    def _check_placeholders(self):
        declared = set(self.argument_ids.mapped("name"))
        used = set()
        for message in self.message_ids:
            used |= message._placeholders()
            if message.embedded == "record" and not message._record_argument():
                raise ValidationError(
                    self.env._(
                        "A message goes with a record, but “%s” is no argument that "
                        "names one: its kind has to be Record.",
                        message.record_argument or "",
                    )
                )
        if missing := sorted(used - declared):
            raise ValidationError(
                self.env._(
                    "The messages use arguments that are not there: %s. Add them, or "
                    "write the braces twice where they are only text.",
                    ", ".join(missing),
                )
            )
        if unused := sorted(declared - used):
            raise ValidationError(
                self.env._(
                    "No message uses these arguments: %s. Write them in braces where "
                    "they belong, or remove them.",
                    ", ".join(unused),
                )
            )

    def _check_methods(self):
        methods = self._methods()
        # a dynamic selection is not checked by the field itself
        if (
            self.method not in methods["_mcp_prompt_method"]
            or self.scope == "personal"
            or (
                self.completion
                and self.completion not in methods["_mcp_completion_method"]
            )
        ):
            raise ValidationError(
                self.env._("“%s” names a method that is not for prompts.", self.name)
            )

    # ------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------

    def action_propose(self):
        """Propose one's own prompts for everyone."""
        self._check_owner()
        # who may not write "proposed" otherwise, may say so by this button
        self.sudo().proposed = True

    def action_withdraw(self):
        """Withdraw a proposal, as its owner; or decline it, as an administrator."""
        if not self.env.user.has_group("mcp_core.group_manager"):
            self._check_owner()
        self.check_access("read")
        self.sudo().proposed = False

    def action_accept(self):
        """Make what was proposed a prompt for everyone. It has no owner any more."""
        if not self.env.user.has_group("mcp_core.group_manager"):
            raise UserError(self.env._("An administrator of MCP accepts proposals."))
        self.check_access("read")
        for prompt in self:
            if not prompt.proposed:
                raise UserError(
                    self.env._("“%s” was not proposed.", prompt.title or prompt.name)
                )
            prompt.sudo().write(
                {"scope": "global", "user_id": False, "proposed": False}
            )

    def _check_owner(self):
        if any(prompt.user_id != self.env.user for prompt in self):
            raise UserError(self.env._("Only its owner can do that with a prompt."))

    # ------------------------------------------------------------
    # What clients are offered
    # ------------------------------------------------------------

    @api.model
    @ormcache()
    def _methods(self):
        """Return {marker: names} of the methods that records may name."""
        return frozendict(
            (marker, frozenset(marked(type(self), marker)))
            for marker in ("_mcp_prompt_method", "_mcp_completion_method")
        )

    @api.model
    def _selection_method(self):
        names = sorted(self._methods()["_mcp_prompt_method"])
        return [(name, name.removeprefix("_prompt_")) for name in names]

    @api.model
    def _selection_completion(self):
        names = sorted(self._methods()["_mcp_completion_method"])
        return [(name, name.removeprefix("_complete_")) for name in names]

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

    @api.model
    def _named(self, exchange, name):
        """Return the prompt *name* if the caller is offered it, otherwise ``None``."""
        for prompt in self._available(exchange):
            if prompt.name == name:
                return prompt
        return None
