"""Resources that are printed documents: the reports of Odoo, as PDF."""

from ast import literal_eval

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..decorators import completion_method, resource_method
from ..protocol.resource import contents

#: How many records one document may be printed of.
_RECORDS_MAX = 20
_PRINTABLE = Domain("report_type", "=", "qweb-pdf")
_NO_ENGINE = frozenset({"install", "broken"})


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    @resource_method
    def _resource_report(self, exchange, uri, report, ids):
        """Print a report of some records, without keeping the document in Odoo.

        :param report: technical name, as in ``report_name``
        :param ids: of records of the report's model, with commas between them
        :raise UserError: it can't be printed here
        """
        found = self._usable_reports(Domain("report_name", "=", report))[:1]
        numbers = [self._number(number) for number in ids.split(",")]
        if not found or None in numbers:
            return None
        numbers = list(dict.fromkeys(numbers))
        if len(numbers) > _RECORDS_MAX:
            raise UserError(
                self.env._(
                    "A document of %(count)s records is too long: print at most "
                    "%(limit)s at once.",
                    count=len(numbers),
                    limit=_RECORDS_MAX,
                )
            )
        records = self.env["mcp.tool"]._visible_records(self.env[found.model], numbers)
        if len(records) < len(numbers):
            return None
        if found not in self._reports_for(found, records):
            return None
        data, kind = self._printed(found, numbers)
        if kind != "pdf":
            # while Odoo's tests run, it makes no PDF
            return [contents(uri, data.decode(), "text/html")]
        self._check_size(len(data))
        return [contents(uri, data, "application/pdf")]

    @api.model
    def _printed(self, report, ids):
        """Hook: print a report, and return its content and ``"pdf"`` or ``"html"``.

        An override may change under which conditions Odoo prints it, and calls
        ``super()``.

        :param report: one of :meth:`_usable_reports`
        :param list ids: of records that the caller may see
        :rtype: tuple[bytes, str]
        :raise UserError: this server can't print, or printing would change something
        """
        reports = self.env["ir.actions.report"]
        if reports.get_wkhtmltopdf_state() in _NO_ENGINE:
            raise UserError(
                self.env._(
                    "This server can't print: the program wkhtmltopdf, which Odoo "
                    "makes PDF files with, is missing. An administrator can install "
                    "it. The same data can be read with the tools search and read."
                )
            )
        try:
            return reports.with_context(report_pdf_no_attachment=True)._render_qweb_pdf(
                report.id, ids
            )
        except ReadOnlySqlTransaction as error:
            raise UserError(
                self.env._(
                    "Printing this report changes something in Odoo, which reading it "
                    "here may not. Print it in Odoo."
                )
            ) from error

    @api.model
    def _usable_reports(self, domain):
        """Hook: return the reports that the caller may print.

        Reports describe documents, and what is in those is read as the caller: hence
        sudo on the reports themselves, of which only those remain that are for the
        caller's groups and of models that the caller may read. An override filters the
        result of ``super()``.
        """
        own = self.env.user.all_group_ids
        reports = self.env["ir.actions.report"].sudo()
        return reports.search(_PRINTABLE & domain).filtered(
            lambda report: (
                (not report.group_ids or report.group_ids & own)
                and self._readable_model(report.model) is not None
            )
        )

    @api.model
    def _reports_for(self, reports, records):
        """Return those of *reports* that are made for all of *records*."""
        return reports.filtered(
            lambda report: (
                not report.domain
                or len(records.filtered_domain(literal_eval(report.domain)))
                == len(records)
            )
        )

    @api.model
    def _reports_of(self, record):
        """Return [{"label", "uri"}] of the documents that *record* can be printed as.

        Those of its menu: reports that no menu shows are parts of others. None where
        the server can't print.
        """
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in _NO_ENGINE:
            return []
        bound = Domain("binding_model_id.model", "=", record._name)
        return [
            {
                "label": report.name,
                "uri": f"odoo://report/{report.report_name}/{record.id}",
            }
            for report in self._reports_for(self._usable_reports(bound), record)
        ]

    @api.model
    @completion_method
    def _complete_report(self, exchange, name, value, chosen):
        """Propose reports, and ids of the chosen report's model."""
        if name == "ids":
            report = chosen.get("report")
            if not isinstance(report, str):
                return []
            found = self._usable_reports(Domain("report_name", "=", report))[:1]
            if not found:
                return []
            # what was typed before the last comma is chosen already
            before, comma, typed = value.rpartition(",")
            ids = self._completed_ids(self._readable_model(found.model), typed)
            return [f"{before}{comma}{id_}" for id_ in ids]
        domain = Domain("report_name", "ilike", value) | Domain("name", "ilike", value)
        names = self._usable_reports(domain).mapped("report_name")
        return sorted(
            dict.fromkeys(names),
            key=lambda found: (not found.startswith(value), found),
        )
