"""Which currency amounts are in: what is in several is never added."""

from odoo import api, models

from ..exceptions import ToolError
from ..fields_ranking import is_readable
from ..grouping import Grouping

#: The measures of an amount that are amounts again.
_ADDING = frozenset({"sum", "avg", "min", "max"})


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _split_by_currency(self, model, domain, groupings, measures):
        """Return the groupings, with one by each currency that is needed.

        :return: groupings; {measure: what its amounts are in}: a currency, or the
            member of the groups that tells it; and {that member: (criterion, {value:
            currency})} where the criterion only leads to the currency
        """
        currencies, led = {}, {}
        groupings = list(groupings)
        for measure in measures:
            name, _colon, function = measure.partition(":")
            field = model._fields.get(name)
            if field is None or field.type != "monetary" or function not in _ADDING:
                continue
            currency = field.get_currency_field(model)
            if currency in [grouping.path for grouping in groupings]:
                currencies[measure] = currency
                continue
            code, grouping, codes = self._currency_of(model, domain, name, currency)
            if grouping is None:
                if code:
                    currencies[measure] = code
                continue
            currencies[measure] = currency
            if codes:
                led[currency] = (grouping.spec, codes)
            if grouping.path not in [other.path for other in groupings]:
                groupings.append(grouping)
        return groupings, currencies, led

    @api.model
    def _currency_of(self, model, domain, name, currency):
        """Return the only currency of an amount, or the grouping that separates them.

        :return: name of the currency, the grouping, and the names of the currencies by
            id of its values where these are none; what does not apply is ``None``
        :raise ToolError: they can't be separated
        """
        field = model._fields[currency]
        if not model._has_field_access(field, "read"):
            raise ToolError(
                self.env._(
                    "%s can't be summed up: you may not see which currency it is in.",
                    name,
                )
            )
        if field._description_groupable(self.env) and field._description_searchable:
            grouping = Grouping(currency, field, model)
            rows = self._searching(model._read_group, domain, [currency], limit=2)
            if len(rows) > 1:
                return None, grouping, None
            return (rows[0][0].display_name or None if rows else None), None, None
        # computed: known is only what it is computed from, as a rule the company
        source = self._currency_source(model, field)
        if source is not None:
            rows = self._searching(model._read_group, domain, [source.path], ["id:min"])
            codes = {
                value.id: model.browse(sample)[currency].display_name or None
                for value, sample in rows
                if sample
            }
            if len(set(codes.values())) > 1:
                return None, source, codes
            return next(iter(codes.values()), None), None, None
        active = self.env["res.currency"].search([], limit=2)
        if len(active) > 1:
            raise ToolError(
                self.env._(
                    "%(name)s can't be summed up: its currency %(currency)s is "
                    "computed for each record. Search the records and read both.",
                    name=name,
                    currency=currency,
                )
            )
        return active.display_name or None, None, None

    @api.model
    def _currency_source(self, model, field):
        """Return the grouping that a computed currency follows from, if any."""
        if not is_readable(model, "company_id"):
            return None
        company = model._fields["company_id"]
        depends = self.env.registry.field_depends[field]
        follows = all(path.partition(".")[0] == "company_id" for path in depends)
        if not follows or not company._description_groupable(self.env):
            return None
        return Grouping("company_id", company, model)
