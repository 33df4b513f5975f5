"""What a tool may be pointed at: models and fields named by a client.

Names are looked up among what the caller can see, so that a near match never tells of
something hidden. Odoo's own rights are checked by Odoo when the records are read.
Domains and orders are in ``mcp_tool_domains.py``.
"""

import difflib

from odoo import api, models
from odoo.orm.utils import READ_GROUP_NUMBER_GRANULARITY

from ..exceptions import ToolError
from ..fences import is_fenced
from ..protocol.errors import quote

#: How many names an error proposes.
_NEAR_MAX = 5


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _target_names(self):
        """Return the names of all models that the caller may read, sorted."""
        return sorted(
            name
            for name, model in self.env.items()
            if not model._abstract
            and not model._transient
            and not is_fenced(name)
            and model.has_access("read")
        )

    @api.model
    def _target_model(self, name, *, changing=False):
        """Hook: return the empty recordset of the model *name*.

        An override refuses further models, or returns what ``super()`` returns.

        :param changing: whether its records are to be written or pointed at
        :raise ToolError: no such model, or none that the caller may read
        """
        model = self.env.get(name)
        fenced = is_fenced(name, changing=changing)
        if model is not None and fenced and model.has_access("read"):
            raise ToolError(
                self.env._(
                    "%s is out of bounds here: Odoo's configuration, secrets and code "
                    "are managed on Odoo's own screens.",
                    name,
                )
            )
        if model is None or model._abstract or not model.has_access("read"):
            near = self._near(name, self._target_names())
            raise ToolError(
                self.env._(
                    "There is no model %(name)s that you may read.%(near)s "
                    "list_models finds models by words.",
                    name=quote(name),
                    near=near,
                )
            )
        return model

    @api.model
    def _visible_records(self, model, ids, fields=()):
        """Return those of the records *ids* that exist and that the caller may see.

        Archived or not, in that order, each of them once.

        :param fields: names of what will be read of them
        """
        found = model.with_context(active_test=False).search_fetch(
            [("id", "in", ids)], list(fields), order="id"
        )
        # a view of the database may have several rows of one id
        found = set(found.ids)
        return model.browse(id_ for id_ in dict.fromkeys(ids) if id_ in found)

    @api.model
    def _is_rendered(self, model):
        """Return whether Odoo evaluates the texts of a model as templates."""
        mixin = self.env.registry.get("mail.render.mixin")
        return mixin is not None and isinstance(model, mixin)

    @api.model
    def _target_field(self, model, name):
        """Hook: return the field *name* of *model*.

        An override refuses further fields, or returns what ``super()`` returns.

        :raise ToolError: no such field, or none that the caller may read
        """
        field = model._fields.get(name)
        if field is None or not model._has_field_access(field, "read"):
            visible = {
                other.name: other._description_string(self.env) or ""
                for other in model._fields.values()
                if model._has_field_access(other, "read")
            }
            raise ToolError(
                self.env._(
                    "%(model)s has no field %(name)s that you may read.%(near)s",
                    model=model._name,
                    name=quote(name),
                    near=self._near(name, list(visible), visible),
                )
            )
        return field

    @api.model
    def _target_path(self, model, path):
        """Follow a dotted path from *model* and return its last field.

        :raise ToolError: a step is no visible field, or leads nowhere
        """
        name, _dot, rest = path.partition(".")
        field = self._target_field(model, name)
        if not rest:
            return field
        if field.relational:
            # refuses the step where the comodel is out of bounds
            return self._target_path(self._target_model(field.comodel_name), rest)
        if field.type == "properties" and "." not in rest:
            return field
        if field.type in ("date", "datetime") and rest in READ_GROUP_NUMBER_GRANULARITY:
            return field
        raise ToolError(
            self.env._(
                "%(path)s leads nowhere: %(name)s of %(model)s is no relation.",
                path=quote(path),
                name=name,
                model=model._name,
            )
        )

    @api.model
    def _near(self, name, candidates, labels=None):
        """Return a sentence that proposes what *name* may have meant, or nothing.

        :param labels: what people call the candidates, where that may help
        """
        stem = name.removesuffix("_ids").removesuffix("_id").replace("_", " ").lower()
        called = [
            other for other, label in (labels or {}).items() if stem == label.lower()
        ]
        near = difflib.get_close_matches(name, candidates, _NEAR_MAX, cutoff=0.6)
        contained = [other for other in candidates if name and name in other]
        proposed = list(dict.fromkeys([*called, *near, *contained]))[:_NEAR_MAX]
        if not proposed:
            return ""
        return self.env._(" Did you mean %s?", ", ".join(proposed))
