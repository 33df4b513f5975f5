"""Exports: what was asked for, by whom, how far it is, and where its file is."""

import re
from datetime import datetime

import orjson
import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.date_utils import parse_date

from ..event import COLUMNS
from ..export_formats import FORMATS
from .mcp_audit_bookkeeping import UNFINISHED
from .mcp_audit_event_viewing import abridged

#: What a filter may name: nothing of other models.
_FILTERED = frozenset(COLUMNS) | {
    "account_id",
    "day",
    "is_entry",
    "is_own",
    "model_label",
    "of_request",
    "record",
    "status",
}
_SUBDOMAINS = frozenset({"any", "not any", "any!", "not any!"})
_TIMES = frozenset({"time", "day"})
#: Bytes of a filter: as many rows as a list lets one select.
_DOMAIN_MAX = 512 * 1024


class McpAuditExport(models.Model):
    _name = "mcp.audit.export"
    _inherit = "mcp.audit.bookkeeping"
    _description = "MCP Audit Export"
    _order = "id desc"

    name = fields.Char("File Name", readonly=True)
    requester_id = fields.Many2one(
        "res.users", "Asked For By", readonly=True, required=True, ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Ready"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("expired", "File Deleted"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    format = fields.Selection(
        [
            ("csv", "CSV"),
            ("jsonl", "JSON Lines"),
            ("xlsx", "Excel (XLSX)"),
        ],
        required=True,
        readonly=True,
    )
    columns = fields.Json("Column List", readonly=True)
    column_names = fields.Char("Columns", compute="_compute_column_names")
    contents = fields.Boolean("With What Was Asked and Answered", readonly=True)
    # it may name people, whom administrators have no business to look for
    domain = fields.Json(readonly=True, groups="mcp_audit.group_auditor")
    filter = fields.Text(compute="_compute_filter", groups="mcp_audit.group_auditor")
    started = fields.Datetime(readonly=True)
    finished = fields.Datetime(readonly=True)
    expires = fields.Datetime("Kept Until", readonly=True)
    attempts = fields.Integer(readonly=True)
    total = fields.Integer("Events to Export", readonly=True)
    exported = fields.Integer("Events", readonly=True)
    percent = fields.Float("Progress", compute="_compute_percent")
    #: how far it is, see the job
    progress = fields.Json(
        "State of the Job", readonly=True, groups="mcp_audit.group_auditor"
    )
    manifest = fields.Json(readonly=True, groups="mcp_audit.group_auditor")
    size = fields.Float("Bytes", readonly=True)
    size_label = fields.Char("Size", compute="_compute_size_label")
    sha256 = fields.Char("SHA-256", readonly=True)
    error = fields.Text("What Went Wrong", readonly=True)

    @api.depends("columns")
    def _compute_column_names(self):
        for export in self:
            export.column_names = ", ".join(export.columns or [])

    @api.depends("domain")
    def _compute_filter(self):
        for export in self:
            told = abridged(export.domain or [])
            export.filter = (
                told
                if isinstance(told, str)
                else self.env["mcp.audit.event"]._in_words(told)
            )

    @api.depends("total", "exported", "state")
    def _compute_percent(self):
        for export in self:
            if export.state in ("done", "expired"):
                export.percent = 100
            else:
                part = 100 * export.exported / (export.total or 1)
                export.percent = min(99, part)

    @api.depends("size")
    def _compute_size_label(self):
        for export in self:
            size, unit = export.size, "B"
            for larger in ("KiB", "MiB", "GiB"):
                if size < 1024:
                    break
                size, unit = size / 1024, larger
            export.size_label = f"{size:.1f} {unit}" if export.size else False

    @api.depends("format")
    def _compute_display_name(self):
        for export in self:
            export.display_name = self.env._("Export %(number)s", number=export.id)

    # ------------------------------------------------------------
    # Asking for one
    # ------------------------------------------------------------

    @api.model
    def _check_auditor(self):
        """Raise :class:`AccessError` where the user may not look into the trail."""
        if not self.env.user.has_group("mcp_audit.group_auditor"):
            raise AccessError(
                self.env._(
                    "Only people with the access right MCP Audit: Auditor may "
                    "export the audit trail."
                )
            )

    @api.model
    def _request(self, format, columns, domain, contents=False):
        """Return a new export that is on its way.

        :param format: of :data:`FORMATS`
        :param columns: names of columns, in the order of the file
        :param domain: as :meth:`_checked_domain` takes it
        :param contents: with what was asked and answered, in JSON Lines only
        :raise AccessError: the user is no auditor
        :raise UserError: it makes no sense
        """
        self._check_auditor()
        columns = list(dict.fromkeys(columns))
        if format not in FORMATS:
            raise UserError(self.env._("An export is CSV, JSON Lines or XLSX."))
        if not columns or not set(columns) <= set(COLUMNS):
            raise UserError(self.env._("Choose at least one column, of those offered."))
        if contents and format != "jsonl":
            raise UserError(
                self.env._(
                    "What was asked and answered is exported as JSON Lines only: it "
                    "does not fit into the cells of a table."
                )
            )
        domain = self._checked_domain(domain)
        # bookkeeping that no user may write, hence sudo
        export = self.sudo().create(
            {
                "requester_id": self.env.uid,
                "format": format,
                "columns": columns,
                "domain": domain,
                "contents": contents,
            }
        )
        export.name = f"mcp-audit-{fields.Date.today()}-{export.id}.zip"
        export = export.sudo(False)
        export._tell(
            "requested",
            format=format,
            columns=columns,
            contents=contents,
            filter=abridged(domain),
        )
        export._enqueue()
        return export

    @api.model
    def _checked_domain(self, domain):
        """Return a filter of events, as a list that says the same on any day.

        :param domain: from outside
        :raise UserError: it is none, or asks for more than columns of events
        """
        try:
            domain = Domain(domain)
            for condition in domain.iter_conditions():
                if condition.field_expr not in _FILTERED:
                    raise UserError(
                        self.env._(
                            "An export can't be filtered by “%(field)s”.",
                            field=str(condition.field_expr)[:64],
                        )
                    )
                if condition.operator in _SUBDOMAINS or isinstance(
                    condition.value, Domain
                ):
                    raise UserError(
                        self.env._("An export is filtered by columns of events only.")
                    )
            domain = domain.map_conditions(self._on_that_day)
            # it can be searched by
            self.env["mcp.audit.event"]._search(domain)
            dumped = orjson.dumps(list(domain))
        except (ValueError, TypeError, KeyError, NotImplementedError) as error:
            raise UserError(self.env._("This filter makes no sense.")) from error
        if len(dumped) > _DOMAIN_MAX:
            raise UserError(
                self.env._("This filter is too long: filter instead of selecting rows.")
            )
        return orjson.loads(dumped)

    def _on_that_day(self, condition):
        """Return a condition with a date in the place of "today"."""
        value = condition.value
        if (
            condition.field_expr not in _TIMES
            or not isinstance(value, str)
            or re.match(r"\d+-", value)
        ):
            return condition
        moment = parse_date(value, self.env)
        if isinstance(moment, datetime):
            if moment.tzinfo:
                moment = moment.astimezone(pytz.utc).replace(tzinfo=None)
            moment = fields.Datetime.to_string(moment)
        return Domain(condition.field_expr, condition.operator, str(moment))

    def _enqueue(self):
        for export in self:
            # how often is for the export to say, which tells people then
            export.with_delay(
                identity_key=f"mcp_audit.export:{export.id}",
                description=self.env._(
                    "MCP Audit: export %(number)s", number=export.id
                ),
                max_retries=0,
            )._run()

    def _tell(self, what, *, apart=False, **facts):
        """Tell the trail."""
        self.env["mcp.audit.event"]._record(
            f"export.{what}", {"export": self.id, **facts}, apart=apart
        )

    # ------------------------------------------------------------
    # What people do with it
    # ------------------------------------------------------------

    def _window(self):
        return self._form(self.env._("Audit Export"))

    def action_download(self):
        """Lead to the file: the address asks and records on its own."""
        self.ensure_one()
        self._check_auditor()
        return {
            "type": "ir.actions.act_url",
            "url": f"/mcp_audit/export/{self.id}",
            "target": "self",
        }

    def action_cancel(self):
        """Let it end: administrators and auditors may, who see it."""
        self.check_access("read")
        for export in self.filtered(lambda export: export.state in UNFINISHED):
            # bookkeeping that no user may write, hence sudo
            export.sudo().write(
                {"state": "cancelled", "finished": fields.Datetime.now()}
            )
            export._tell("cancelled", record_count=export.exported)
        return True

    def action_delete_file(self):
        """Delete the file before its time."""
        self.check_access("read")
        self._check_auditor()
        self.filtered(lambda export: export.state == "done")._delete_file("user")
        return True
