"""The places where Odoo's ORM checks rights, held to the policy as well."""

from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.mcp_core.columns import as_columns

from ..guard import Rest, guarding

_HIERARCHICAL = ("child_of", "parent_of")


class Base(models.AbstractModel):
    _inherit = "base"

    # ------------------------------------------------------------
    # Models and fields
    # ------------------------------------------------------------

    def _check_access(self, operation):
        guard = guarding(self.env)
        if (
            guard
            and not guard.policy(self.env).allows(self._name, operation)
            and not guard.passes(reading=operation == "read")
        ):
            access = self.env["mcp.access.record"]
            return self, partial(access._refusal, guard, self, operation)
        return super()._check_access(operation)

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        guard = guarding(self.env)
        return guard is None or guard.admits(self.env, field, operation)

    @api.model
    def _check_field_access(self, field, operation):
        guard = guarding(self.env)
        if guard is None or guard.admits(self.env, field, operation):
            return super()._check_field_access(field, operation)
        if not guard.passes(reading=operation == "read"):
            access = self.env["mcp.access.record"]
            raise access._refusal(guard, self, operation, field)
        with guard.resting(Rest.LOOKING_UP):
            return super()._check_field_access(field, operation)

    def _compute_field_value(self, field):
        guard = guarding(self.env)
        if guard is None:
            return super()._compute_field_value(field)
        if guard.rest is Rest.OWN_CODE:
            return super()._compute_field_value(field)
        followed, guard.followed = guard.followed, False
        with guard.resting(Rest.COMPUTING):
            super()._compute_field_value(field)
        outermost = guard.rest is None
        policy = guard.policy(self.env)
        if guard.followed and outermost and self._is_made_from_template():
            # it would be sent, and be there to read as a message
            raise self.env["mcp.access.record"]._refusal(guard, self, "read", field)
        if policy.lists(field) or field.store:
            # an administrator knows what it shows; what is stored says what it is from
            guard.followed = followed
        elif guard.followed and outermost:
            guard.followed = followed
            policy.learn(self.pool.field_computed[field])
            raise self.env["mcp.access.record"]._refusal(guard, self, "read", field)
        else:
            guard.followed = followed or guard.followed
        return None

    def _is_made_from_template(self):
        """Return whether these are wizards that compose something by a template."""
        if not self._transient or "template_id" not in self._fields:
            return False
        return any(wizard.template_id for wizard in self)

    # ------------------------------------------------------------
    # Searching and ordering
    # ------------------------------------------------------------

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        guard = guarding(self.env)
        if guard and not guard.rest and not bypass_access:
            self._check_conditions(Domain(domain))
        return super()._search(
            domain,
            offset=offset,
            limit=limit,
            order=order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    @api.model
    def _check_conditions(self, domain):
        """Check each field that a domain asks about, those of computed ones too.

        Odoo itself checks what is left of a domain when it has been turned into
        columns: by then a computed field has become what it is searched by.

        :raise odoo.exceptions.AccessError: one of them is closed
        """
        for condition in domain.iter_conditions():
            model, field = self, None
            for name in condition.field_expr.split("."):
                if model is None or name not in model._fields:
                    # part of a date, or of properties
                    break
                field = model._fields[name]
                model._check_field_access(field, "read")
                model = self.env[field.comodel_name] if field.relational else None
            if condition.operator in _HIERARCHICAL:
                tree = self if model is None else model
                if tree._parent_name in tree._fields:
                    parent = tree._fields[tree._parent_name]
                    tree._check_field_access(parent, "read")
            if model is not None and isinstance(condition.value, Domain):
                model._check_conditions(condition.value)

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        guard = guarding(self.env)
        if guard is None or guard.rest:
            return domain
        # a record is found by those of its names that may be read
        neutral = Domain(operator in Domain.NEGATIVE_OPERATORS)
        return Domain(domain).map_conditions(
            lambda condition: condition if self._is_open(condition) else neutral
        )

    @api.model
    def _is_open(self, condition):
        """Return whether every field on the path of a condition may be read."""
        model = self
        for name in condition.field_expr.split("."):
            field = model._fields[name]
            if not model._has_field_access(field, "read"):
                return False
            model = self.env[field.comodel_name] if field.relational else None
        return True

    @api.model
    def _order_to_sql(self, order, query, alias=None, reverse=False):
        terms = super()._order_to_sql(order, query, alias=alias, reverse=reverse)
        if not terms and self._order and guarding(self.env):
            # nothing is left of it that may be shown
            return SQL.identifier(alias or self._table, "id")
        return terms

    @api.model
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        guard = guarding(self.env)
        if guard and not guard.rest:
            field = self._fields.get(field_name.partition(".")[0])
            if field and not guard.admits(self.env, field, "read"):
                # The order tells which value is the greater. Tools refuse a client that
                # asks for it; a model's own order does without.
                return SQL()
            if field and field.type == "many2one" and self._is_closed(field):
                # in the order of their names, which may be those of closed records
                id_path = f"{field.name}.id"
                return super()._order_field_to_sql(
                    alias, id_path, direction, nulls, query
                )
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _is_closed(self, field):
        """Return whether records that *field* leads to are closed, some or all."""
        policy, comodel = guarding(self.env).policy(self.env), field.comodel_name
        if not policy.allows(comodel, "read"):
            return True
        return not self.env["ir.rule"]._restriction(policy, comodel).is_true()

    @api.model
    def _field_to_sql(self, alias, field_expr, query=None):
        guard = guarding(self.env)
        if guard and not guard.rest:
            # Odoo looks at the field behind a related one only, as superuser
            field = self._fields.get(field_expr.partition(".")[0])
            if field and field.related and not field.store:
                self._check_field_access(field, "read")
        return super()._field_to_sql(alias, field_expr, query)

    # ------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        guard = guarding(self.env)
        if guard is None:
            return super().get_view(view_id, view_type, **options)
        # Odoo arranges forms by the country of the company, and by what else it likes.
        # They hold no values, but are remembered.
        with guard.resting(Rest.LOOKING_UP):
            return super().get_view(view_id, view_type, **options)

    # ------------------------------------------------------------
    # Names of related records
    # ------------------------------------------------------------

    @as_columns
    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load=load)
        guard = guarding(self.env)
        if guard is None or guard.rest or load != "_classic_read":
            return rows
        for name in fnames:
            field = self._fields.get(name)
            if field is not None and field.type == "many2one":
                self._take_names(rows, field)
        return rows

    def _take_names(self, rows, field):
        """Take out of *rows* the names of related records that are closed.

        Odoo reads them as superuser: who may read a record may know what it points at.
        """
        ids = {row[field.name][0] for row in rows if row.get(field.name)}
        records = self.env[field.comodel_name].browse(ids)
        if closed := set((records - records._mcp_nameable()).ids):
            for row in rows:
                if row.get(field.name) and row[field.name][0] in closed:
                    row[field.name] = (row[field.name][0], "")

    def _mcp_nameable(self):
        records = super()._mcp_nameable()
        guard = guarding(self.env)
        if guard is None or not records:
            return records
        policy = guard.policy(self.env)
        if not policy.allows(self._name, "read") or not policy.shows(
            self._fields["display_name"]
        ):
            return self.browse()
        restriction = self.env["ir.rule"]._restriction(policy, self._name)
        return records if restriction.is_true() else records._filtered_access("read")
