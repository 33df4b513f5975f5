"""The file of an export, for auditors and nobody else. Each download is an event."""

import logging

import psycopg2
from werkzeug.exceptions import ServiceUnavailable

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

_logger = logging.getLogger(__name__)


class ExportController(http.Controller):
    """The address of the files of exports."""

    @http.route(
        "/mcp_audit/export/<int(max=2147483647):export_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def download(self, export_id):
        """Send the file, after it was recorded who has it.

        :raise werkzeug.exceptions.NotFound: there is none, or none for this user
        :raise werkzeug.exceptions.ServiceUnavailable: it can't be recorded
        """
        export = request.env["mcp.audit.export"].browse(export_id)
        try:
            export._check_auditor()
            if not export.exists():
                raise request.not_found()
            path = export._opened()
        except AccessError:
            # not even that there is one
            raise request.not_found() from None
        except UserError as error:
            raise request.not_found(error.args[0]) from None
        except psycopg2.Error as error:
            _logger.critical("A download can't be recorded", exc_info=True)
            raise ServiceUnavailable from error
        stream = http.Stream(
            type="path",
            path=path,
            mimetype="application/zip",
            download_name=export.name,
            etag=export.sha256,
            size=int(export.size),
        )
        response = stream.get_response(as_attachment=True)
        response.headers["Cache-Control"] = "no-store"
        return response
