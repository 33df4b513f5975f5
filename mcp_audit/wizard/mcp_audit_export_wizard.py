"""Asking for an export: of which events, which columns of them, and as what."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import conditions
from ..event import COLUMNS

#: What most want to know of a request.
_USUAL = (
    "id",
    "time",
    "login",
    "kind",
    "method",
    "tool",
    "resource",
    "prompt",
    "model",
    "operation",
    "record_count",
    "outcome",
    "duration",
    "address",
    "client_name",
    "request_id",
)
#: So many are counted, and "more than that" is said beyond.
_COUNT_MAX = 100_000
#: As many rows as a list lets one select: then it is all that it shows.
_SELECTED_MAX = 20_000


class McpAuditExportWizard(models.TransientModel):
    _name = "mcp.audit.export.wizard"
    _description = "Export Audit Events"

    source = fields.Selection(
        [
            ("selected", "Selected events"),
            ("listed", "All events of the list"),
            ("all", "Events chosen here"),
        ],
        "Events",
        required=True,
        default="all",
    )
    selected = fields.Json(readonly=True)
    listed = fields.Json(readonly=True)
    can_select = fields.Boolean(compute="_compute_can")
    can_list = fields.Boolean(compute="_compute_can")
    date_from = fields.Date("From")
    date_to = fields.Date("To", help="The last day.")
    user_ids = fields.Many2many(
        "res.users",
        string="Users",
        context={"active_test": False},
        help="What these users did; of anybody where there is none.",
    )
    tool_names = fields.Char("Tools", help="Names of tools, separated by commas.")
    model_names = fields.Char(
        "Models", help="Technical names, such as res.partner, separated by commas."
    )
    outcome = fields.Selection(
        lambda self: self.env["mcp.audit.event"]._fields["outcome"].selection
    )
    kind = fields.Selection(
        lambda self: self.env["mcp.audit.event"]._kinds(), "Kind of Event"
    )
    domain = fields.Char(
        "Further Conditions", help="A domain; all of the conditions above count too."
    )
    event_count = fields.Char("Events to Export", compute="_compute_event_count")

    format = fields.Selection(
        [
            ("csv", "CSV"),
            ("jsonl", "JSON Lines"),
            ("xlsx", "Excel (XLSX)"),
        ],
        required=True,
        default="csv",
    )
    column_set = fields.Selection(
        [
            ("usual", "The usual ones"),
            ("all", "All: as JSON Lines it can be checked against the seals"),
            ("chosen", "Choose"),
        ],
        "Columns",
        required=True,
        default="usual",
    )
    column_ids = fields.One2many(
        "mcp.audit.export.wizard.column",
        "wizard_id",
        default=lambda self: self._offered_columns(),
    )
    contents = fields.Boolean(
        "With What Was Asked and Answered",
        help="As far as it is kept. Treat the file as you treat the records.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") != "mcp.audit.event":
            return values
        values["listed"] = context.get("active_domain") or []
        selected = context.get("active_ids") or []
        if 0 < len(selected) < _SELECTED_MAX:
            values |= {"source": "selected", "selected": selected}
        else:
            values["source"] = "listed"
        return values

    @api.model
    def _offered_columns(self):
        labels = self.env["mcp.audit.event"].fields_get(COLUMNS, ["string"])
        return [
            fields.Command.create(
                {
                    "name": name,
                    "label": labels[name]["string"],
                    "chosen": name in _USUAL,
                }
            )
            for name in COLUMNS
        ]

    @api.depends("selected", "listed")
    def _compute_can(self):
        for wizard in self:
            wizard.can_select = bool(wizard.selected)
            wizard.can_list = isinstance(wizard.listed, list)

    @api.depends(
        "source",
        "selected",
        "listed",
        "date_from",
        "date_to",
        "user_ids",
        "tool_names",
        "model_names",
        "outcome",
        "kind",
        "domain",
    )
    def _compute_event_count(self):
        events, exports = self.env["mcp.audit.event"], self.env["mcp.audit.export"]
        for wizard in self:
            try:
                domain = exports._checked_domain(wizard._domain())
            except UserError as error:
                wizard.event_count = error.args[0]
                continue
            # a look at the trail as any other
            count = events.search_count(domain, limit=_COUNT_MAX + 1)
            if count > _COUNT_MAX:
                wizard.event_count = self.env._("more than %(count)s", count=_COUNT_MAX)
            else:
                wizard.event_count = str(count)

    def _domain(self):
        """Return the filter that was asked for, still to be checked."""
        if self.source == "selected":
            return [("id", "in", self.selected or [])]
        if self.source == "listed":
            return self.listed or []
        domain = Domain.TRUE
        if self.date_from:
            domain &= Domain("day", ">=", fields.Date.to_string(self.date_from))
        if self.date_to:
            domain &= Domain("day", "<=", fields.Date.to_string(self.date_to))
        if self.user_ids:
            domain &= Domain("user_id", "in", self.user_ids.ids)
        for name, words in (("tool", self.tool_names), ("model", self.model_names)):
            if named := conditions.words(words):
                domain &= Domain(name, "in", named)
        for name in ("outcome", "kind"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        try:
            return list(domain & Domain(conditions.literal(self.domain)))
        except (RecursionError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The further conditions make no sense.")
            ) from error

    def _columns(self):
        if self.column_set == "all":
            return COLUMNS
        if self.column_set == "usual":
            return _USUAL
        chosen = self.column_ids.filtered("chosen")
        return chosen.sorted(lambda column: COLUMNS.index(column.name)).mapped("name")

    def action_export(self):
        """Ask for it, and show how it comes along."""
        self.ensure_one()
        export = self.env["mcp.audit.export"]._request(
            self.format,
            self._columns(),
            self._domain(),
            self.contents and self.format == "jsonl",
        )
        return export._window()


class McpAuditExportWizardColumn(models.TransientModel):
    _name = "mcp.audit.export.wizard.column"
    _description = "Column of an Export"

    wizard_id = fields.Many2one(
        "mcp.audit.export.wizard", required=True, ondelete="cascade"
    )
    name = fields.Selection([(name, name) for name in COLUMNS], "Column", required=True)
    label = fields.Char("What It Is")
    chosen = fields.Boolean("Export")
