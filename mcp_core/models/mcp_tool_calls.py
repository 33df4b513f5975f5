"""Running a tool for a caller: arguments, the savepoint around it, and its answer."""

import logging

import psycopg2
import pytz
from psycopg2.errors import (
    QueryCanceled,
    ReadOnlySqlTransaction,
    RestrictViolation,
)

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import frozendict, ormcache

from ..containment import contained
from ..conversation import Cancelled, InputRequired
from ..exceptions import RETRIED, ToolError
from ..protocol import content, schema
from ..protocol.errors import MissingClientCapability, quote

_logger = logging.getLogger(__name__)


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _only_reads(self, name):
        """Return whether a read replica can run the tool *name*, if there is one."""
        return any(
            tool.name == name and tool.read_only and not tool.interactive
            for tool, _groups in self._catalogue()
        )

    @api.model
    def _call(self, exchange, tool, arguments):
        """Hook: run a tool and return its ``CallToolResult``.

        Whatever goes wrong inside is a result that the model can read, and leaves
        nothing behind; only what Odoo retries (a serialization failure), a cancellation
        and a question to the client pass.

        An override may answer instead, with ``content.tool_error`` for example, or act
        before and after ``super()``. It is not within the savepoint of the tool: what
        it changes stays, and what it raises is an error of the protocol. Tools that are
        tried on a screen come this way too, and by no hook of ``mcp.server``.

        :param tool: one of :meth:`_available`
        :param arguments: as sent by the client
        """
        arguments = schema.decoded(tool.input_schema, arguments)
        if problems := schema.violations(tool.input_schema, arguments):
            return content.tool_error(
                self.env._("Invalid arguments: %s.", "; ".join(problems))
            )
        try:
            # Only an answer that can be sent leaves the savepoint: there is no error
            # after which something has happened nevertheless.
            with contained(self.env.cr), self._limited(read_only=tool.read_only):
                structured = self._run(exchange, tool, dict(arguments))
                return content.tool_result(structured, exchange.revision)
        except QueryCanceled:
            return content.tool_error(self._timeout_message())
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
        if not tool.server_action and tool.method not in self._tool_methods():
            raise UserError(
                self.env._("The method of this tool is not installed any more.")
            )
        # a tool that takes a context takes it from here, checked
        tools = self.with_context(**self._client_context(arguments.pop("context", {})))
        tools._remember_companies()
        tools._confirm(exchange, tool, arguments)
        if tool.server_action:
            structured = tools._run_server_action(tool.server_action, arguments)
        else:
            structured = getattr(tools, tool.method)(exchange, **arguments)
        if tool.output_schema:
            plain = structured
            if isinstance(structured, content.WithBlocks):
                plain = structured.structure
            if problems := schema.violations(tool.output_schema, plain):
                raise TypeError("; ".join(problems))
        return structured

    @api.model
    def _remember_companies(self):
        """Tell the ORM the places of the caller's companies in their tree.

        Nearly every model has a rule that asks for that, and where the ORM has to ask
        the database it asks for all of a company.
        """
        companies = self.env.companies
        field = companies._fields["parent_path"]
        field._insert_cache(companies, self._company_paths(companies._ids))

    @api.model
    @ormcache("company_ids")
    def _company_paths(self, company_ids):
        # Odoo lets no company move, and forgets this where one is made
        companies = self.env["res.company"].sudo().browse(company_ids)
        companies.fetch(["parent_path"])
        return tuple(company.parent_path for company in companies)

    @api.model
    def _run_server_action(self, action_id, arguments):
        """Run a server action as the caller and return what it left for the model."""
        action = self.env["ir.actions.server"].browse(action_id)
        # metadata of an action that an administrator made a tool of, hence sudo
        model = action.sudo().model_id.model
        result = {}
        context = {
            "mcp_call": {"arguments": arguments, "result": result},
            "active_model": model,
        }
        ids = arguments.get("ids")
        if isinstance(ids, list) and ids and all(isinstance(id_, int) for id_ in ids):
            records = self._target_records(self._target_model(model), ids)
            context |= {"active_ids": records.ids, "active_id": records.ids[0]}
        opened = action.with_context(**context).run()
        if isinstance(opened, dict):
            result |= self._opened(opened)
        return result

    @api.model
    def _client_context(self, wanted):
        """Return what a client may say about its context, checked.

        :param wanted: ``lang``, ``tz``, ``allowed_company_ids``, ``active_test``
        :raise ToolError: a language or timezone that is not there, or a company that
            is none of the caller's
        """
        context = dict(wanted)
        if "lang" in context:
            installed = [code for code, _name in self.env["res.lang"].get_installed()]
            if context["lang"] not in installed:
                raise ToolError(
                    self.env._(
                        "lang %(lang)s is not installed. Installed are %(installed)s.",
                        lang=quote(context["lang"]),
                        installed=", ".join(installed),
                    )
                )
        if "tz" in context and context["tz"] not in pytz.all_timezones_set:
            raise ToolError(
                self.env._(
                    "tz %s is no timezone: write its IANA name, 'Europe/Brussels'.",
                    quote(context["tz"]),
                )
            )
        if "allowed_company_ids" in context:
            own = self.env.user._get_company_ids()
            foreign = [id_ for id_ in context["allowed_company_ids"] if id_ not in own]
            if foreign or not context["allowed_company_ids"]:
                raise ToolError(
                    self.env._(
                        "allowed_company_ids takes ids of your companies, the one to "
                        "work in first: list_companies lists them."
                    )
                )
        return context

    @api.model
    def _error_message(self, exchange, tool, error):
        """Hook: return what the model reads about an exception: no trace, SQL or path.

        An override may note the error, and returns what ``super()`` returns.

        :param error: that the tool failed with; its changes are undone already
        :rtype: str
        """
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
        message = model._sql_error_to_message(error)
        # PostgreSQL's own words have values of the row that nobody asked for
        if error.diag.message_primary not in message:
            before, detail, _after = message.partition(
                error.diag.message_detail or "\0"
            )
            return before.rpartition("\n")[0].rstrip() if detail else message
        if isinstance(error, RestrictViolation):
            return self.env._(
                "Records of %s need this one: archive it instead, or delete them "
                "first.",
                model._name,
            )
        return self.env._(
            "A rule of the database forbids these values: %s.",
            error.diag.constraint_name or self.env._("it has no name"),
        )
