"""The tool that describes a model: its fields, and what can be done with it."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache

from .. import fields_ranking
from ..decorators import tool_method
from ..fields_ranking import is_readable

#: Characters of a help text that is told of any field, and of one in full.
_HELP_SHORT = 60
_HELP_MAX = 500
#: Up to that many values are all shown, of more only the first few.
_SELECTION_SHORT = 12
_SELECTION_FEW = 5
#: And where a field is described in full, no more than that.
_SELECTION_MAX = 200
#: How many of the other fields are named.
_OTHERS_MAX = 60
#: A model with no more fields than that is described whole.
_FIELDS_FEW = 25
#: What can't be done with any field of the type, and so is not worth telling of each.
_NEVER = {
    "one2many": frozenset({"sort", "group"}),
    "many2many": frozenset({"sort"}),
    "binary": frozenset({"sort", "group"}),
    "html": frozenset({"sort", "group"}),
}


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_describe_model(self, exchange, model, fields=(), words="", limit=60):
        """Describe a model and those of its fields that the caller may read.

        :param fields: exactly these, in full; without them the most useful ones
        :param words: describe the fields that have them in their name or label
        :param limit: how many fields to describe, the others are named only
        :raise ToolError: no such model or field
        """
        target = self._target_model(model)
        result = self._described_model(target)
        if fields:
            chosen = [self._target_field(target, name) for name in fields]
            described = {
                field.name: self._described_field(target, field, full=True)
                for field in chosen
            }
            return {**result, "fields": described}
        ranked = fields_ranking.useful_fields(target)
        if words.strip():
            names = self._matching_fields(target, ranked, words)
            shown, others = names[:limit], names[limit:]
        else:
            shown = [name for name in ranked if not fields_ranking.is_noise(name)]
            if len(shown) > _FIELDS_FEW:
                shown = fields_ranking.useful_fields(target, at_least=0)
            shown = shown[:limit]
            others = [name for name in ranked if name not in set(shown)]
        result["fields"] = {
            name: self._described_field(target, target._fields[name]) for name in shown
        }
        if others:
            result["other_fields"] = others[:_OTHERS_MAX]
        if len(others) > _OTHERS_MAX:
            result["more_fields"] = len(others) - _OTHERS_MAX
        if not shown:
            result["hint"] = self.env._(
                "No field has these words in its name or label. Try one shorter word, "
                "or leave words out."
            )
        return result

    @api.model
    @ormcache("model_name", cache="templates")
    def _ranked_fields(self, model_name):
        """Return :func:`~.fields_ranking.rank` of a model; forgotten with its views.

        As the superuser and without context: views are no data, and one answer is
        kept for everybody, whoever came first.
        """
        # pylint: disable-next=context-overridden
        model = self.with_user(SUPERUSER_ID).with_context({}).env[model_name]
        return fields_ranking.rank(model)

    @api.model
    def _described_model(self, model):
        """Return what is known of a model as a whole; what it has not is left out."""
        labels = self._labels([model._name])
        described = {
            "model": model._name,
            "label": labels.get(model._name, model._description),
            "operations": self._operations(model),
            "default_fields": fields_ranking.default_fields(model),
        }
        terms = model._order.split(",")
        if all(is_readable(model, term.split()[0]) for term in terms):
            described["order"] = model._order
        for key, name in (
            ("name_field", model._rec_name),
            ("active_field", model._active_name),
            ("parent_field", self._parent_field(model)),
            ("company_field", "company_id"),
        ):
            if is_readable(model, name):
                described[key] = name
        if hasattr(model, "message_post"):
            described["chatter"] = True
        if self._is_worked_on(model):
            described["hint"] = self.env._(
                "Records move on by actions: list_actions with the id of a record "
                "tells which it offers now."
            )
        return described

    @api.model
    def _parent_field(self, model):
        """Return the name of the field that makes *model* a hierarchy, if any."""
        field = model._fields.get(model._parent_name)
        if field is None or field.comodel_name != model._name:
            return None
        return field.name

    @api.model
    def _is_worked_on(self, model):
        """Return whether records of *model* go through states."""
        return (
            is_readable(model, "state")
            and model._fields["state"].type == "selection"
            and model.has_access("write")
        )

    @api.model
    def _matching_fields(self, model, names, words):
        """Return those of *names* that have all *words* in their name or label.

        Where none has all of them, those that have some.
        """
        wanted = words.lower().split()
        matched = {}
        for name in names:
            label = model._fields[name]._description_string(self.env) or ""
            text = f"{name} {name.replace('_', ' ')} {label}".lower()
            matched[name] = sum(word in text for word in wanted)
        most = max(matched.values(), default=0)
        enough = len(wanted) if most == len(wanted) else 1
        # stable: of those that match equally well the most useful come first
        found = sorted(names, key=lambda name: -matched[name])
        return [name for name in found if matched[name] >= enough]

    @api.model
    def _described_field(self, model, field, *, full=False):
        """Return what a client has to know of a field; what goes without saying not.

        :param full: with its whole help and selection
        """
        described = {"type": field.type}
        label = field._description_string(self.env) or ""
        spoken = field.name.removesuffix("_id").removesuffix("_ids").replace("_", " ")
        if full or label.lower() != spoken:
            described["label"] = label
        if field.relational:
            described["relation"] = field.comodel_name
        if field.required:
            described["required"] = True
            if field.default or (field.compute and not field.readonly):
                described["default"] = True
        if field.readonly or not model._has_field_access(field, "write"):
            described["readonly"] = True
        if field.type == "selection":
            described.update(self._described_selection(field, full=full))
        if field.type == "monetary":
            currency = field.get_currency_field(model)
            if (full or currency != "currency_id") and is_readable(model, currency):
                described["currency_field"] = currency
        if field.company_dependent:
            described["per_company"] = True
        if not field.store and full:
            described["stored"] = False
        if cannot := self._undoable(field, full=full):
            described["cannot"] = cannot
        if full:
            self._describe_further(field, described)
        help_text = " ".join((field._description_help(self.env) or "").split())
        if help_text and (full or len(help_text) <= _HELP_SHORT):
            described["help"] = help_text[:_HELP_MAX]
        return described

    @api.model
    def _describe_further(self, field, described):
        if field.type == "one2many" and is_readable(
            self.env[field.comodel_name], field.inverse_name
        ):
            described["inverse_field"] = field.inverse_name
        if field.type == "char" and field.size:
            described["size"] = field.size
        if field.translate:
            described["translated"] = True
        if aggregator := field._description_aggregator(self.env):
            described["aggregator"] = aggregator

    @api.model
    def _described_selection(self, field, *, full):
        try:
            values = field._description_selection(self.env)
        except AccessError:
            # made from records that the caller may not see
            return {}
        if not values:
            return {}
        most = _SELECTION_MAX if full else _SELECTION_SHORT
        shown = values[: most if full or len(values) <= most else _SELECTION_FEW]
        described = {"selection": {str(value): label for value, label in shown}}
        if len(shown) < len(values):
            described["more_values"] = len(values) - len(shown)
        return described

    @api.model
    def _undoable(self, field, *, full):
        """Return what can't be done with a field, of: search, sort, group."""
        if field.store and field.column_type:
            return []
        possible = {
            "search": field._description_searchable,
            "sort": field._description_sortable(self.env),
            "group": field._description_groupable(self.env),
        }
        implied = frozenset() if full else _NEVER.get(field.type, frozenset())
        return [
            name for name, can in possible.items() if not can and name not in implied
        ]
