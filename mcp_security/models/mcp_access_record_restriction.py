"""Which records are open to clients: by domains, and by what follows from them."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval


class McpAccessRecord(models.Model):
    _inherit = "mcp.access.record"

    @api.model
    def _evaluated(self, text):
        """Return a domain that an administrator wrote.

        It knows numbers only: what is evaluated here must not be a way for those who
        manage access records to act as somebody else.
        """
        names = {
            "uid": self.env.uid,
            "company_id": self.env.company.id,
            "company_ids": self.env.companies.ids,
        }
        return Domain(safe_eval(text or "[]", names))

    @api.model
    def _restriction(self, policy, model_name):
        """Return the domain of the records of a model that clients may see.

        :param Policy policy: of the environment's user
        """
        domain = Domain.TRUE
        if limits := policy.models.get(model_name):
            domain = Domain.AND(map(self._evaluated, limits.domains))
        if model_name == "mail.tracking.value":
            domain &= self._open_tracking(policy)
        if model_name == "ir.attachment":
            domain &= self._open_files(policy)
        if model_name in self.env:
            for field in self.env[model_name]._fields.values():
                if field.type == "many2one_reference" and field.store:
                    domain &= self._open_targets(policy, model_name, field)
        return domain

    @api.model
    def _open_tracking(self, policy):
        """Return the domain of the tracked values whose fields may be read."""
        numbers = self.env["ir.model.fields"]._get_ids
        closed = [numbers(model).get(field) for model, field in policy.hidden]
        for name, limits in policy.models.items():
            fields_of_model = self.env[name]._fields
            if "read" not in limits.operations or limits.readable is not None:
                closed += [
                    number
                    for field, number in numbers(name).items()
                    if "read" not in limits.operations
                    or field not in fields_of_model
                    or not policy.shows(fields_of_model[field])
                ]
        return Domain("field_id", "not in", closed)

    @api.model
    def _open_files(self, policy):
        """Return the domain of the attachments that are no value of a hidden field.

        Odoo itself asks whether the field may be read, but not for administrators.
        """
        closed = Domain.FALSE
        for name, fields_of_model in policy.files(self.env.registry).items():
            closed |= Domain("res_model", "=", name) & Domain(
                "res_field", "in", sorted(fields_of_model)
            )
        return ~closed

    @api.model
    def _open_targets(self, policy, model_name, field):
        """Return the domain of the records that are about nothing that is closed.

        Odoo shows some to those whom they are meant for, whatever they are about: an
        activity to who shall do it, a message to who is notified.

        :param field: with the id of what a record is about, see ``model_field``
        """
        kept = self.env[model_name]._fields.get(field.model_field)
        if kept is None or not kept.store or not kept.column_type:
            return Domain.TRUE
        closed = [name for name in self.env if not policy.allows(name, "read")]
        domain = Domain(kept.name, "not in", closed) if closed else Domain.TRUE
        for name, limits in policy.models.items():
            if limits.domains and name in self.env:
                domain &= self._about_open(policy, name, kept.name, field.name)
        return domain

    @api.model
    def _about_open(self, policy, name, model_field, id_field):
        """Return the domain of what is about other models than *name*, or about those
        records of it that are open."""
        # of whoever they are: Odoo's own rules are asked by Odoo
        target = self.env[name].sudo().with_context(active_test=False)
        restriction = self._restriction(policy, name)

        def to_sql(model, alias, query):
            found = target._search(restriction)
            return SQL(
                "(%(model)s IS DISTINCT FROM %(name)s OR %(id)s IN %(found)s)",
                model=model._field_to_sql(alias, model_field, query),
                name=name,
                id=model._field_to_sql(alias, id_field, query),
                found=found.subselect(),
            )

        def predicate(record):
            if record[model_field] != name:
                return True
            return bool(target.browse(record[id_field]).filtered_domain(restriction))

        return Domain.custom(to_sql=to_sql, predicate=predicate)
