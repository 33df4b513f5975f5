"""What a tool may search by: domains and orders that came from a client.

Their form is read by :mod:`..domains`. Here it is checked that the fields exist and may
be seen, and that values fit them; times on the caller's clock become those of the
database.
"""

import psycopg2

from odoo import api, models
from odoo.orm.utils import READ_GROUP_NUMBER_GRANULARITY
from odoo.tools import DEFAULT_SERVER_DATETIME_FORMAT

from .. import moments
from ..comparisons import HIERARCHY, expected
from ..domains import DomainFence
from ..exceptions import ToolError
from ..fences import is_fenced
from ..protocol.errors import quote


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _target_domain(self, model, domain):
        """Return *domain*, checked against *model* and safe to search with.

        Times in it are on the caller's clock; in what is returned they are in UTC.

        :raise ToolError: it is malformed or names what the caller can't see
        """
        kinds = {}
        for leaf in DomainFence(self.env).check(domain):
            path = ".".join((*leaf.within, leaf.field))
            field = kinds[path] = self._target_path(model, path)
            self._check_comparable(field, leaf)
        return self._stored_domain(domain, kinds, ())

    @api.model
    def _stored_domain(self, domain, kinds, within):
        """Return a checked domain with its times as the database keeps them.

        :param kinds: {path: the field that it leads to}
        """
        stored = []
        for term in domain:
            if isinstance(term, str) or not isinstance(term[0], str):
                stored.append(term)
                continue
            name, operator, value = term
            path = (*within, name)
            field = kinds[".".join(path)]
            if operator in ("any", "not any"):
                value = self._stored_domain(value, kinds, path)
            elif field.type == "datetime" and not _is_part_of_date(name):
                if isinstance(value, list):
                    value = [self._stored_moment(name, item) for item in value]
                else:
                    value = self._stored_moment(name, value)
            stored.append([name, operator, value])
        return stored

    @api.model
    def _stored_moment(self, name, value):
        """Return the time *value* of the field *name* as Odoo's text in UTC.

        What is no text with a time in it is returned as it is: Odoo reads a date alone
        as that day on the caller's clock, and knows words such as "today -7d".

        :raise ToolError: there is no such time, or it comes twice
        """
        if not isinstance(value, str) or not moments.has_time(value):
            return value
        try:
            moment = moments.to_utc(value, self.env.tz)
        except moments.NoSuchMoment as error:
            raise ToolError(
                self.env._(
                    "%(name)s: %(value)s does not exist in %(zone)s, where the clocks "
                    "go forward. Choose another time, or write it with an offset.",
                    name=quote(name),
                    value=quote(value),
                    zone=self.env.tz.zone,
                )
            ) from error
        except moments.TwoMoments as error:
            raise ToolError(
                self.env._(
                    "%(name)s: %(value)s comes twice in %(zone)s, where the clocks go "
                    "back. Write %(choices)s.",
                    name=quote(name),
                    value=quote(value),
                    zone=self.env.tz.zone,
                    choices=" / ".join(error.choices),
                )
            ) from error
        except ValueError as error:
            raise ToolError(
                self.env._(
                    "%(name)s: %(value)s is no date and time. Write it like "
                    "'2026-01-31 14:00', in your timezone, or with an offset.",
                    name=quote(name),
                    value=quote(value),
                )
            ) from error
        return moment.strftime(DEFAULT_SERVER_DATETIME_FORMAT)

    @api.model
    def _check_comparable(self, field, leaf):
        """Refuse to compare a field with what it can't be compared with.

        :raise ToolError: a value does not fit the field or the operator
        """
        if leaf.operator in ("any", "not any"):
            return
        if leaf.operator in HIERARCHY and not self._is_in_tree(field):
            raise ToolError(
                self.env._(
                    "%(field)s has no hierarchy that %(operator)s could follow. "
                    "Compare ids with 'in' and names with 'ilike'.",
                    field=quote(leaf.field),
                    operator=leaf.operator,
                )
            )
        values = leaf.value if isinstance(leaf.value, list) else [leaf.value]
        kind = "integer" if _is_part_of_date(leaf.field) else field.type
        wanted = expected(kind, leaf.operator, values)
        fenced = field.relational and is_fenced(field.comodel_name)
        if fenced and any(isinstance(value, str) for value in values):
            # by name would be a look into what is out of bounds
            wanted = self.env._("ids and false")
        if not wanted and field.type == "selection" and "like" not in leaf.operator:
            known = field.get_values(self.env)
            if any(value and value not in known for value in values):
                wanted = ", ".join(map(str, known))
        if wanted:
            raise ToolError(
                self.env._(
                    "%(field)s %(operator)s %(value)s makes no sense: it is compared "
                    "with %(expected)s.",
                    field=quote(leaf.field),
                    operator=leaf.operator,
                    value=quote(leaf.value),
                    expected=wanted,
                )
            )

    @api.model
    def _is_in_tree(self, field):
        """Return whether what *field* leads to has parents of its own model.

        Of a field that leads to no records Odoo says so itself.
        """
        if not field.relational and field.name != "id":
            return True
        if field.comodel_name == field.model_name:
            return True
        model = self.env[field.comodel_name or field.model_name]
        parent = model._fields.get(model._parent_name)
        return parent is not None and parent.comodel_name == model._name

    @api.model
    def _target_order(self, model, order):
        """Return *order*, its fields checked against *model*.

        So complete that pages do not overlap: what is equal comes in the order of ids.

        :param str order: empty for the order that the model has by itself
        :raise ToolError: it is not ``field [asc|desc], …``
        """
        if not order:
            return self._complete_order(model._order)
        order = order.lower()
        for term in order.split(","):
            name, *direction = term.split()[:3] or [""]
            if "." in name:
                raise ToolError(
                    self.env._(
                        "%s: records are sorted by fields of their own only.",
                        quote(name),
                    )
                )
            self._target_field(model, name)
            if direction and direction not in (["asc"], ["desc"]):
                raise ToolError(
                    self.env._(
                        "%s is no order: write a field, then asc or desc, for example "
                        "'date desc, name'.",
                        quote(term),
                    )
                )
        return self._complete_order(order)

    @api.model
    def _complete_order(self, order):
        names = [term.split()[:1] for term in order.split(",")]
        return order if ["id"] in names else f"{order}, id"

    @api.model
    def _searching(self, search, *args, **kwargs):
        """Call *search* and turn what Odoo or PostgreSQL can't compare into words.

        :raise ToolError: a value does not fit its field
        """
        try:
            return search(*args, **kwargs)
        except (psycopg2.DataError, psycopg2.ProgrammingError) as error:
            reason = error.diag.message_primary
        except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
            reason = error
        raise ToolError(
            self.env._(
                "The domain or order can't be used: %s.", quote(str(reason).rstrip("."))
            )
        )


def _is_part_of_date(path):
    """Return whether a path ends in a part of a date: a number, whatever the field.

    >>> _is_part_of_date("create_date.month_number")
    True
    """
    return path.rpartition(".")[2] in READ_GROUP_NUMBER_GRANULARITY
