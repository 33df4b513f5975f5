"""Arguments of prompts."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.mcp_core.fences import is_fenced

from ..prompt import Argument
from ..template import NAME

#: How many values one can be chosen from, and how many characters all of them have.
CHOICES_MAX = 200
_CHOICES_SIZE_MAX = 20_000


class McpPromptArgument(models.Model):
    _name = "mcp.prompt.argument"
    # the catalogue of prompts that core remembers holds their arguments too
    _inherit = ("mcp.remembered", "mcp.prompt.part")
    _description = "Argument of an MCP Prompt"
    _order = "sequence, id"

    prompt_id = fields.Many2one(
        "mcp.prompt", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="What stands in braces in the messages.")
    title = fields.Char(translate=True, help="What people are asked for.")
    description = fields.Char(translate=True)
    required = fields.Boolean()
    kind = fields.Selection(
        [
            ("text", "Text"),
            ("choice", "Choice"),
            ("date", "Date"),
            ("record", "Record"),
        ],
        required=True,
        default="text",
    )
    choices = fields.Text(help="What can be chosen, one on each line.")
    model = fields.Selection(
        selection="_selection_model",
        help="Records of this model can be given by their names, as far as the user of "
        "the prompt may read them.",
    )

    _name_unique = models.Constraint(
        "UNIQUE (prompt_id, name)", "The prompt has an argument of this name already."
    )

    @api.model
    def _selection_model(self):
        # names of models are no secret, hence sudo
        known = self.env["ir.model"].sudo().search([("transient", "=", False)])
        return sorted(
            (
                (model.model, f"{model.name} ({model.model})")
                for model in known
                if model.model in self.env
                and not self.env[model.model]._abstract
                and not is_fenced(model.model)
            ),
            key=lambda choice: choice[1].lower(),
        )

    @api.constrains("name", "kind", "choices", "model")
    def _check_definition(self):
        for argument in self:
            if not NAME.fullmatch(argument.name):
                raise ValidationError(
                    self.env._(
                        "“%s” can't be the name of an argument: write letters without "
                        "accents, digits and underscores, and a letter first.",
                        argument.name,
                    )
                )
            if argument.kind == "choice" and not argument._choices():
                raise ValidationError(
                    self.env._("“%s” is a choice of nothing.", argument.name)
                )
            if (
                len(argument.choices or "") > _CHOICES_SIZE_MAX
                or len(argument._choices()) > CHOICES_MAX
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is a choice of too many: at most %(count)s, of "
                        "%(size)s characters in all.",
                        name=argument.name,
                        count=CHOICES_MAX,
                        size=_CHOICES_SIZE_MAX,
                    )
                )
            if argument.kind == "record" and not argument.model:
                raise ValidationError(
                    self.env._("Records of which model is “%s”?", argument.name)
                )

    def _choices(self):
        """Return what can be chosen, in order, each once."""
        lines = (line.strip() for line in (self.choices or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def _described(self):
        """Return the :class:`Argument` that the record stands for."""
        return Argument(
            name=self.name,
            title=self.title or "",
            description=self.description or "",
            required=self.required,
            kind=self.kind,
            choices=self._choices() if self.kind == "choice" else (),
            model=self.model or "" if self.kind == "record" else "",
        )
