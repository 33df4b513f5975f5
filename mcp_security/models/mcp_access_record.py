"""Access records: what clients may do with a model, beyond what Odoo allows the user.

Of the records of a model, the first that is meant for a user in a company decides. A
model that has records is closed to those for whom none of them is meant; one that has
none follows the default policy. What all of that comes to is worked out in
``mcp_access_record_policy.py``, :mod:`..policy` and :mod:`..inference`, which records
are open in ``mcp_access_record_restriction.py``; enforced it is in ``base.py``.
"""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

_METHOD_SEPARATORS = re.compile(r"[\s,;]+")
_METHOD_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,99}")
#: The largest number of records that a record may set as its limit.
_CAP_MAX = 100_000
_PERMISSIONS = ("perm_read", "perm_create", "perm_write", "perm_unlink", "perm_print")


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

    def _mcp_without_groups(self):
        # archived it would leave the model to what counts without any record
        self.write(dict.fromkeys(_PERMISSIONS, False))
        return super()._mcp_without_groups()
