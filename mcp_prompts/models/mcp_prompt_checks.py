"""What a prompt has to be like to be saved: names, and parts that fit together."""

from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.mcp_core.decorators import COMPLETION_METHOD

from ..prompt import PROMPT_METHOD
from ..template import NAME
from ..wholeness import is_part_by_part

#: Bounds of one prompt, and of what one user may keep.
MESSAGES_MAX = 20
ARGUMENTS_MAX = 20
OWN_MAX = 200


class McpPrompt(models.Model):
    _inherit = "mcp.prompt"

    def _check_names(self):
        """Refuse names that clients can't use or that others have, and too many.

        :raise ValidationError: one of them is
        """
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
        """Refuse prompts whose arguments and messages do not fit together.

        In each language: the texts of the messages are translated.

        :raise ValidationError: they do not
        """
        # files of data say it in their context, and are loaded by the superuser
        context = self.env.context if self.env.su else {}
        if is_part_by_part() or context.get("mcp_prompts_part_by_part"):
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
        # a dynamic selection is not checked by the field itself
        if (
            self.method not in self._marked(PROMPT_METHOD)
            or self.scope == "personal"
            or (
                self.completion
                and self.completion not in self._marked(COMPLETION_METHOD)
            )
        ):
            raise ValidationError(
                self.env._("“%s” names a method that is not for prompts.", self.name)
            )
