"""Running a tool for a caller."""

import logging

import psycopg2
from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import frozendict

from ..conversation import Cancelled, InputRequired
from ..exceptions import RETRIED
from ..protocol import content, schema
from ..protocol.errors import MissingClientCapability

_logger = logging.getLogger(__name__)


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _named(self, exchange, name):
        """Return the tool *name* if the caller is offered it, otherwise ``None``."""
        for tool in self._available(exchange):
            if tool.name == name:
                return tool
        return None

    @api.model
    def _call(self, exchange, tool, arguments):
        """Run a tool and return its ``CallToolResult``.

        Whatever goes wrong inside is a result that the model can read, and leaves
        nothing behind; only what Odoo retries (a serialization failure) passes.

        :param tool: one of :meth:`_available`
        :param arguments: as sent by the client
        """
        if problems := schema.violations(tool.input_schema, arguments):
            return content.tool_error(
                self.env._("Invalid arguments: %s.", "; ".join(problems))
            )
        try:
            # Only an answer that can be sent leaves the savepoint: there is no error
            # after which something has happened nevertheless.
            with self.env.cr.savepoint():
                structured = self._run(exchange, tool, arguments)
                return content.tool_result(structured, exchange.revision)
        except (*RETRIED, InputRequired, Cancelled):
            raise
        except MissingClientCapability as error:
            if exchange.revision.modern:
                raise
            # the legacy era has no such error, and the model can say so to its user
            return content.tool_error(error.message)
        except Exception as error:  # noqa: BLE001 the model has to learn of any
            return content.tool_error(self._error_message(exchange, tool, error))

    @api.model
    def _run(self, exchange, tool, arguments):
        """Run the tool's method and return its checked result."""
        if tool.method not in self._tool_methods():
            raise UserError(
                self.env._("The method of this tool is not installed any more.")
            )
        if tool.read_only:
            # Ends with the savepoint around; until then PostgreSQL refuses any write,
            # whatever the method or an override below it tries.
            self.env.cr.execute("SET TRANSACTION READ ONLY")
        structured = getattr(self, tool.method)(exchange, **arguments)
        if tool.output_schema and (
            problems := schema.violations(tool.output_schema, structured)
        ):
            raise TypeError("; ".join(problems))
        return structured

    @api.model
    def _error_message(self, exchange, tool, error):
        """Return what the model reads about an exception: no trace, SQL or path."""
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, ReadOnlySqlTransaction):
            return self.env._(
                "This tool only reads, and reading this would change something."
            )
        if isinstance(error, psycopg2.IntegrityError):
            return self._integrity_message(error)
        _logger.error(
            "MCP tool %s failed in request %s", tool.name, exchange.id, exc_info=error
        )
        return self.env._(
            "The tool failed because of an error in Odoo. An administrator finds the "
            "details in the server's log under %s.",
            exchange.id,
        )

    @api.model
    def _integrity_message(self, error):
        models_by_table = frozendict(
            (model._table, name) for name, model in self.env.registry.items()
        )
        model = self.env[models_by_table.get(error.diag.table_name, "base")]
        return model._sql_error_to_message(error)
