"""The tool that sums up: measures over groups of records.

Which currency its amounts are in is decided in ``mcp_tool_amounts.py``.
"""

from odoo import api, models

from .. import fields_ranking
from ..decorators import tool_method
from ..exceptions import ToolError
from ..grouping import GRANULARITIES, Grouping
from ..protocol.errors import quote
from ..record_reader import RecordReader

_COUNT = "__count"
_NUMBERS = ("integer", "float", "monetary")
_MOMENTS = ("date", "datetime")
_FUNCTIONS = ("sum", "avg", "min", "max", "count_distinct")
#: Beyond them a float has only the noise of its additions.
_DECIMALS = 6
#: How many fields an error proposes.
_PROPOSED_MAX = 8


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_aggregate(
        self,
        exchange,
        model,
        measures=(),
        groupby=(),
        domain=(),
        order="",
        limit=80,
        offset=0,
    ):
        """Sum up records by groups, each with the domain that finds its records.

        Amounts in several currencies are never added: they are grouped by currency,
        whether or not that was asked for.

        :return: ``groups``, ``has_more``, the currencies of amounts
        :raise ToolError: a field can't be measured or grouped by
        """
        # what is grouped by day is a day where the caller is
        target = self._target_model(model).with_context(tz=self.env.tz.zone)
        domain = self._target_domain(target, list(domain))
        groupings = [
            self._grouping(target, spec) for spec in dict.fromkeys(groupby or ())
        ]
        measures = [
            self._measure(target, spec) for spec in dict.fromkeys(measures or [_COUNT])
        ]
        groupings, currencies, led = self._split_by_currency(
            target, domain, groupings, measures
        )
        specs = [grouping.spec for grouping in groupings]
        names = list(dict.fromkeys([*measures, _COUNT]))
        rows = self._searching(
            target._read_group,
            domain,
            specs,
            names,
            order=self._group_order(order, specs, names),
            limit=limit + 1,
            offset=offset,
        )
        groups = self._groups(target, domain, groupings, names, rows[:limit])
        for member, (spec, codes) in led.items():
            place = specs.index(spec)
            for group, row in zip(groups, rows, strict=False):
                group[member] = codes.get(row[place].id)
        result = {
            "groups": groups,
            "has_more": len(rows) > limit,
        }
        if result["has_more"]:
            result["next_offset"] = offset + limit
        if currencies:
            result["currencies"] = currencies
        if not rows and not offset:
            result["hint"] = self.env._("No records match the domain.")
        return result

    # What is asked for

    @api.model
    def _grouping(self, model, spec):
        """Return the :class:`~.grouping.Grouping` that a client wrote as *spec*.

        :raise ToolError: no visible field, or none to group by
        """
        path, _colon, granularity = spec.partition(":")
        field = self._target_path(model, path)
        owner, hops = model, path.split(".")
        for name in hops[:-1]:
            step = owner._fields[name]
            if step.type != "many2one" or not step._description_groupable(self.env):
                raise self._not_groupable(owner, name)
            owner = self.env[step.comodel_name]
        last = owner._fields.get(hops[-1])
        if field is not last or field.type in ("properties", "one2many", "binary"):
            raise self._not_groupable(model, path)
        nested = len(hops) > 1 and field.type == "many2many"
        if nested or not field._description_groupable(self.env):
            raise self._not_groupable(owner, hops[-1])
        allowed = GRANULARITIES.get(field.type, ())
        if allowed and not granularity:
            granularity = "month"
        if granularity and granularity not in allowed:
            raise ToolError(
                self.env._(
                    "%(spec)s: there is no such period. Of %(field)s allowed are: "
                    "%(allowed)s.",
                    spec=quote(spec),
                    field=path,
                    allowed=", ".join(allowed) or self.env._("none, it is no date"),
                )
            )
        return Grouping(path, field, owner, granularity)

    @api.model
    def _not_groupable(self, model, path):
        """Return the error that a field can't be grouped by, with fields that can."""

        def groupable(field):
            return field.type not in (
                *("one2many", "binary", "properties", "text", "html", "json"),
            ) and field._description_groupable(self.env)

        return ToolError(
            self.env._(
                "%(model)s can't be grouped by %(path)s.%(near)s",
                model=model._name,
                path=quote(path),
                near=self._alternatives(model, path, groupable),
            )
        )

    @api.model
    def _measure(self, model, spec):
        """Return the measure that a client wrote as *spec*: ``__count`` or field:func.

        :raise ToolError: no visible field, or it can't be measured that way
        """
        if spec == _COUNT:
            return spec
        name, _colon, function = spec.partition(":")
        field = self._target_field(model, name)
        function = function or self._own_function(field)
        if function not in _FUNCTIONS:
            raise ToolError(
                self.env._(
                    "%(spec)s is no measure: write __count, or a field and one of "
                    "%(allowed)s, for example 'amount_total:sum'.",
                    spec=quote(spec),
                    allowed=", ".join(_FUNCTIONS),
                )
            )
        if not self._is_measurable(field, function):
            raise ToolError(
                self.env._(
                    "%(name)s of %(model)s has no %(function)s.%(near)s",
                    name=name,
                    model=model._name,
                    function=function,
                    near=self._alternatives(
                        model,
                        name,
                        lambda other: self._is_measurable(other, function),
                    ),
                )
            )
        return f"{name}:{function}"

    @api.model
    def _own_function(self, field):
        """Return how a field is summed up where the client does not say."""
        if field.type in _NUMBERS and field.aggregator in _FUNCTIONS:
            return field.aggregator
        return "sum" if field.type in _NUMBERS else "count_distinct"

    @api.model
    def _is_measurable(self, field, function):
        if function in ("sum", "avg"):
            # of a number that is a place or a code Odoo knows no aggregator
            return field.type in _NUMBERS and bool(
                field._description_aggregator(self.env)
            )
        if function in ("min", "max") and field.type not in (*_NUMBERS, *_MOMENTS):
            return False
        return field.type not in (
            *("one2many", "many2many", "binary", "properties", "html", "json"),
        ) and field._description_groupable(self.env)

    @api.model
    def _alternatives(self, model, name, fits):
        """Return a sentence that proposes fields that fit: near ones, or useful ones.

        :param fits: called with a field
        """
        fitting = [
            other
            for other in fields_ranking.useful_fields(model)
            if other != name and fits(model._fields[other])
        ]
        labels = {
            other: model._fields[other]._description_string(self.env) or ""
            for other in fitting
        }
        if near := self._near(name, fitting, labels):
            return near
        if not fitting:
            return ""
        return self.env._(" Possible are: %s.", ", ".join(fitting[:_PROPOSED_MAX]))

    @api.model
    def _group_order(self, order, specs, names):
        """Return *order*, checked, and so complete that pages do not overlap.

        :raise ToolError: it sorts by what is neither a group nor a measure
        """
        terms = {}
        for part in order.split(",") if order.strip() else ():
            name, *direction = part.split()[:3] or [""]
            known = [
                spec
                for spec in (*specs, *names)
                if name == spec or name == spec.partition(":")[0]
            ]
            direction = [word.lower() for word in direction]
            if not known or direction not in ([], ["asc"], ["desc"]):
                raise ToolError(
                    self.env._(
                        "%(part)s is no order here: write one of %(allowed)s, then "
                        "asc or desc.",
                        part=quote(part),
                        allowed=", ".join((*specs, *names)),
                    )
                )
            spec = known[0]
            # a group without any value has nothing to lead with
            nulls = [] if spec in specs else ["nulls last"]
            terms.setdefault(spec, " ".join((spec, *direction, *nulls)))
        if not specs:
            return None
        for spec in specs:
            terms.setdefault(spec, spec)
        return ", ".join(terms.values())

    # What is answered

    @api.model
    def _groups(self, model, domain, groupings, names, rows):
        """Return the rows of ``_read_group`` as JSON values, each with its domain."""
        groups = [{} for _row in rows]
        if not rows:
            return groups
        columns = list(zip(*rows, strict=True))
        for grouping, values in zip(groupings, columns, strict=False):
            labels = grouping.labels(model, values)
            for group, label in zip(groups, labels, strict=True):
                group[grouping.spec] = label
        for measure, values in zip(names, columns[len(groupings) :], strict=True):
            for group, value in zip(groups, values, strict=True):
                group[measure] = self._measured(model, measure, value)
        if groupings:
            for group, row in zip(groups, rows, strict=True):
                group["domain"] = [
                    *domain,
                    *(
                        condition
                        for grouping, value in zip(groupings, row, strict=False)
                        for condition in grouping.domain(value)
                    ),
                ]
        return groups

    @api.model
    def _measured(self, model, measure, value):
        """Return a measure as JSON value; the sum of nothing is zero."""
        name, _colon, function = measure.partition(":")
        if measure == _COUNT or function == "count_distinct":
            return value
        kind = model._fields[name].type
        if kind in _MOMENTS:
            return RecordReader(self.env).value(model._fields[name], value)
        if value is None or value is False:
            return 0 if function == "sum" else None
        return round(float(value), _DECIMALS) if isinstance(value, float) else value
