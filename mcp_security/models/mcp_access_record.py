"""Access records: what clients may do with a model, beyond what Odoo allows the user.

Of the records of a model, the first that is meant for a user in a company decides. A
model that has records is closed to those for whom none of them is meant; one that has
none follows the default policy. What all of that comes to is worked out in
:mod:`..policy` and enforced in ``base.py``.
"""

import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL, frozendict, ormcache
from odoo.tools.safe_eval import safe_eval

from ..policy import DEFAULTS, OPERATIONS, ModelPolicy, Policy

_METHOD_SEPARATORS = re.compile(r"[\s,;]+")
_METHOD_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,99}")
_CAP_MAX = 100_000


class McpAccessRecord(models.Model):
    _name = "mcp.access.record"
    _inherit = "mcp.remembered"
    _description = "MCP Access Record"
    _order = "model, sequence, id"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="What refusals call the record: administrators read it there.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Of several records that are meant for a user, the first one decides.",
    )
    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain=[("abstract", "=", False)],
    )
    model = fields.Char("Model Name", related="model_id.model", store=True, index=True)
    group_ids = fields.Many2many(
        "res.groups",
        string="Groups",
        help="Whom the record is for; every MCP user without any. A model is closed to "
        "users for whom none of its records is.",
    )
    company_id = fields.Many2one(
        "res.company",
        help="Where the record counts; in every company without one. Where somebody "
        "works in several companies, only what all of them allow is allowed.",
    )

    perm_read = fields.Boolean("Read", default=True)
    perm_create = fields.Boolean("Create")
    perm_write = fields.Boolean("Change")
    perm_unlink = fields.Boolean("Delete")
    perm_print = fields.Boolean(
        "Print",
        help="Documents of these records may be printed, whatever their templates "
        "show. Needed only where an access record hides something.",
    )
    domain = fields.Char(
        "Records",
        default="[]",
        required=True,
        help="The only records that clients see and change. Besides values it knows "
        "uid, company_id and company_ids.",
    )
    record_cap = fields.Integer(
        "Records per Call",
        help="How many records one call may return or change; 0 for no limit of its "
        "own.",
    )

    read_mode = fields.Selection(
        [("all", "All that the user may read"), ("listed", "Only these")],
        "Readable Fields",
        required=True,
        default="all",
    )
    read_field_ids = fields.Many2many(
        "ir.model.fields",
        "mcp_access_record_read_field_rel",
        string="Readable",
        domain="[('model_id', '=', model_id)]",
        help="Everything else is hidden, wherever it would show: in searches, sums, "
        "names, related and computed fields. The id and whether a record is archived "
        "are always readable.",
    )
    write_mode = fields.Selection(
        [("all", "Those that may be read"), ("listed", "Only these")],
        "Writable Fields",
        required=True,
        default="all",
    )
    write_field_ids = fields.Many2many(
        "ir.model.fields",
        "mcp_access_record_write_field_rel",
        string="Writable",
        domain="[('model_id', '=', model_id), ('readonly', '=', False)]",
    )
    method_mode = fields.Selection(
        [
            ("all", "All that the user may call"),
            ("blocked", "All but these"),
            ("listed", "Only these"),
        ],
        "Methods",
        required=True,
        default="all",
        help="What the tool method_call may run, and the buttons that models are told "
        "of. Nobody knows what a method changes: without Change only those are called "
        "that are named under “Only these”.",
    )
    methods = fields.Text(
        "Method Names", help="Names such as action_confirm, separated by spaces."
    )
    hint = fields.Text(compute="_compute_hint")

    _record_cap_positive = models.Constraint(
        f"CHECK (record_cap BETWEEN 0 AND {_CAP_MAX})",
        f"Records per call are a number up to {_CAP_MAX}, or 0 for no limit.",
    )

    @api.depends("model_id")
    def _compute_name(self):
        for record in self:
            record.name = record.model_id.name or record.name or ""

    @api.depends(
        "model_id",
        "perm_read",
        "perm_write",
        "read_mode",
        "read_field_ids",
        "method_mode",
        "methods",
    )
    def _compute_hint(self):
        for record in self:
            hints = record._hints() if record.model in self.env else []
            record.hint = "\n".join(hints) or False

    def _hints(self):
        """Return what somebody might not expect of the record."""
        if not self.perm_read:
            return [
                self.env._(
                    "Without Read, nothing is allowed: the model is closed to those "
                    "whom this is for."
                )
            ]
        hints = []
        if self.read_mode == "listed":
            hints += self._field_hints(set(self.read_field_ids.mapped("name")))
        if not self._calls_any():
            hints.append(
                self.env._(
                    "No method may be called, and no button pressed. To allow some, "
                    "choose “Only these” under Methods and name them."
                )
            )
        return hints

    def _calls_any(self):
        """Return whether there may be a method that clients may call."""
        if self.method_mode == "listed":
            return bool(self._method_names())
        return self.perm_write

    def _field_hints(self, listed):
        """Return what somebody who lists fields might not expect."""
        model = self.env[self.model]
        hints = []
        if "display_name" not in listed:
            hints.append(
                self.env._("Display Name is not listed: records have no names.")
            )
        for name in sorted(listed & set(model._fields)):
            field = model._fields[name]
            sources = {
                path.partition(".")[0]
                for path in self.pool.field_depends.get(field, ())
            }
            if unlisted := sorted(sources - listed - {name, "id", "active"}):
                hints.append(
                    self.env._(
                        "%(field)s is computed from fields that are not listed, and "
                        "may show them: %(sources)s.",
                        field=name,
                        sources=", ".join(unlisted),
                    )
                )
        return hints

    @api.onchange("read_mode")
    def _onchange_read_mode(self):
        if self.read_mode != "listed":
            return
        if not self.read_field_ids:
            self.read_field_ids = self.env["ir.model.fields"].search(
                [("model_id", "=", self.model_id.id), ("name", "=", "display_name")]
            )
        if self.method_mode == "all":
            # a method may read what it likes: those are chosen that may
            self.method_mode = "listed"

    @api.onchange("model_id")
    def _onchange_model_id(self):
        self.read_field_ids = [Command.clear()]
        self.write_field_ids = [Command.clear()]
        self._onchange_read_mode()

    # ------------------------------------------------------------
    # What is refused on save
    # ------------------------------------------------------------

    @api.constrains("domain", "model_id")
    def _check_domain(self):
        for record in self:
            try:
                record._evaluated(record.domain).validate(self.env[record.model])
            except Exception as error:
                # safe_eval raises whatever the text makes it raise
                raise ValidationError(
                    self.env._(
                        "“%(record)s”: the condition is no domain. %(reason)s",
                        record=record.name,
                        reason=error,
                    )
                ) from error

    @api.constrains("methods", "method_mode", "model_id")
    def _check_methods(self):
        for record in self.filtered(lambda record: record.method_mode != "all"):
            model = self.env[record.model]
            for name in record._method_names():
                if not _METHOD_NAME.fullmatch(name) or not callable(
                    getattr(type(model), name, None)
                ):
                    raise ValidationError(
                        self.env._(
                            "“%(record)s”: %(model)s has no method “%(method)s”.",
                            record=record.name,
                            model=record.model,
                            method=name,
                        )
                    )

    @api.constrains("model_id", "read_field_ids", "write_field_ids")
    def _check_fields(self):
        for record in self:
            fields_listed = record.read_field_ids | record.write_field_ids
            if strange := fields_listed.filtered(
                lambda field, model=record.model_id: field.model_id != model
            ):
                raise ValidationError(
                    self.env._(
                        "“%(record)s”: these are no fields of %(model)s: %(fields)s.",
                        record=record.name,
                        model=record.model,
                        fields=", ".join(strange.mapped("name")),
                    )
                )

    def _method_names(self):
        return [name for name in _METHOD_SEPARATORS.split(self.methods or "") if name]

    # ------------------------------------------------------------
    # What it comes to
    # ------------------------------------------------------------

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
        return policy.completed(self.env.registry)

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
