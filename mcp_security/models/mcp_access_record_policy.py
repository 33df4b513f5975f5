"""What the access records come to for a user, and what a refusal says of it."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import frozendict, ormcache

from ..inference import completed
from ..policy import DEFAULTS, OPERATIONS, ModelPolicy, Policy


class McpAccessRecord(models.Model):
    _inherit = "mcp.access.record"

    @api.model
    def _policy(self):
        """Return the policy of the environment's user in its companies.

        :rtype: Policy
        """
        return self._policy_of(
            self.env["mcp.server"]._setting("default_access"),
            frozenset(self.env.user._get_group_ids()),
            tuple(self.env.companies.ids),
        )

    @api.model
    @ormcache("default", "groups", "companies")
    def _policy_of(self, default, groups, companies):
        """Return the policy of members of *groups* who work in *companies*.

        Who may see the records has nothing to do with it, hence sudo.
        """
        models_of_companies = [
            self.sudo()._deciding(groups, company) for company in companies or (False,)
        ]
        names = {name for found in models_of_companies for name in found}
        policies = {}
        for name in names:
            both = models_of_companies[0].get(name, ModelPolicy())
            for found in models_of_companies[1:]:
                # closed in a company for which it has no record
                both &= found.get(name, ModelPolicy())
            policies[name] = both
        policy = Policy(frozendict(policies), DEFAULTS[default])
        return completed(policy, self.env.registry)

    def _deciding(self, groups, company):
        """Return {model: policy} of the models that have records.

        :param frozenset groups: ids of the user's groups
        :param company: id of the company, false for none
        """
        found = {}
        for record in self.search(Domain.TRUE):
            if record.model not in self.env:
                # its module is being taken out
                continue
            meant = (not record.group_ids or groups & set(record.group_ids.ids)) and (
                not record.company_id or record.company_id.id == company
            )
            if meant and not found.get(record.model, ModelPolicy()).records:
                found[record.model] = record._as_policy()
            else:
                found.setdefault(record.model, ModelPolicy())
        return found

    def _as_policy(self):
        methods = frozenset(self._method_names())
        return ModelPolicy(
            records=(self.id,),
            operations=frozenset(
                operation for operation in OPERATIONS if self[f"perm_{operation}"]
            ),
            readable=frozenset(self.read_field_ids.mapped("name"))
            if self.read_mode == "listed"
            else None,
            writable=frozenset(self.write_field_ids.mapped("name"))
            if self.write_mode == "listed"
            else None,
            methods=methods if self.method_mode == "listed" else None,
            blocked=methods if self.method_mode == "blocked" else frozenset(),
            prints=self.perm_print,
            cap=self.record_cap,
            domains=() if self._is_trivial() else (self.domain,),
        )

    def _is_trivial(self):
        return self._evaluated(self.domain).is_true()

    # ------------------------------------------------------------
    # Refusing
    # ------------------------------------------------------------

    @api.model
    def _refusal(self, guard, model, operation, field=None):
        """Return the error that refuses an operation, and tell auditors of it.

        Administrators are told which record is responsible; others that it is not
        allowed, and no more.

        :param Guard guard: of the call
        :param field: where one field is refused
        :rtype: AccessError
        """
        policy = guard.policy(self.env)
        limits = policy.models.get(model._name)
        if guard.exchange is not None:
            self.env["mcp.server"]._emit(
                "access.denied",
                guard.exchange,
                model=model._name,
                operation=operation,
                field=field.name if field is not None else None,
                access_records=limits.records if limits else (),
            )
        what = f"{model._name}.{field.name}" if field is not None else model._name
        if not self.env.user.has_group("mcp_core.group_manager"):
            return AccessError(
                self.env._(
                    "%(what)s is not allowed here (%(operation)s).",
                    what=what,
                    operation=operation,
                )
            )
        return AccessError(
            self.env._(
                "%(what)s is not allowed here (%(operation)s): %(reason)s",
                what=what,
                operation=operation,
                reason=self._reason(policy, model._name, field),
            )
        )

    @api.model
    def _reason(self, policy, model_name, field=None):
        """Return what denies, for an administrator to read."""
        limits = policy.models.get(model_name)
        if limits and limits.records:
            names = self.sudo().browse(limits.records).mapped("name")
            return self.env._(
                "access record %s.", ", ".join(f"“{name}”" for name in names)
            )
        if limits:
            return self.env._(
                "the model has access records, and none is meant for this user."
            )
        if model_name in policy.closed:
            return self.env._(
                "it may sum up what is hidden elsewhere. An access record of its own "
                "opens it."
            )
        if field is not None:
            return self.env._(
                "it follows from what an access record of another model hides. An "
                "access record that lists it opens it."
            )
        return self.env._("the default policy, as there is no access record.")
