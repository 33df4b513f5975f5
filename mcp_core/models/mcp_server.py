"""The protocol's methods, and the hooks around them.

``mcp.server`` turns a parsed message into a result. What it can do is a table of
marked methods: another addon adds one by inheriting the model. The hooks are where
other addons put their concern; each is extended with ``super()`` and by nothing else:

``_authenticate``        says who is calling (``mcp_server_access.py``), with
``_client_address``      from where,
``_principal``           whom credentials stand for,
``_challenges``          and ``_accepted_told`` what else would be accepted
``_authorize``           refuses an understood message before it runs
``_count``               is told of what is refused before it is understood
``_execute``             runs it
``_emit``                is told what happened
``_get_capabilities``    and ``_get_instructions`` introduce the server
                         (``mcp_server_lifecycle.py``)
``_complete_reference``  completes what a client refers to (``mcp_server_resources.py``)
``_settings``            has the tables of settings (``mcp_server_settings.py``)

Those of other models: of what is offered, ``_available`` and ``_catalogue_domain``
(``mcp.offer``) and ``_mcp_without_groups`` (``mcp.remembered``); of ``mcp.tool``,
``_call``, ``_error_message``, ``_question``, ``_target_model``, ``_target_field``,
``_record_cap``, ``_is_callable``, ``_change``, ``_check_related`` and ``_is_counted``;
of ``mcp.resource``, ``_usable_reports`` and ``_printed``; of ``mcp.access``,
``_access_layers`` and ``_rule_layer``; ``_check_waiting`` of ``mcp.client.request``,
``_mcp_nameable`` of every model and ``_mcp_check_words`` of the settings. The docstring
of each says what an override may do.
"""

from http import HTTPStatus

from odoo import api, models
from odoo.tools import frozendict, ormcache

from ..decorators import PROTOCOL_METHOD, marked
from ..exchange import FINISHED
from ..protocol import headers, jsonrpc, pagination
from ..protocol.errors import (
    InvalidRequest,
    MethodNotFound,
    SessionNotFound,
    quote,
)
from ..protocol.jsonrpc import Notification, Request, Response

#: How long a client may keep a list before asking again, in milliseconds.
_LIST_TTL = 60_000
#: What legacy clients are sent that never said which log messages they want.
_LEGACY_LOG_LEVEL = "info"


class McpServer(models.AbstractModel):
    _name = "mcp.server"
    _description = "MCP Server"

    # ------------------------------------------------------------
    # The way of a message
    # ------------------------------------------------------------

    @api.model
    def _recognise(self, exchange, session_token):
        """Attach to an exchange what its conversation is about.

        In the modern era that comes with the message, in the legacy one with the
        session.

        :param session_token: the header Mcp-Session-Id, ``None`` without one
        :raise InvalidRequest: the legacy era, without a session
        :raise SessionNotFound: no live session of the caller
        """
        message = exchange.message
        exchange.client = self._client_info(message)
        if exchange.revision.modern:
            if isinstance(message, Request):
                meta = message.params["_meta"]
                exchange.capabilities = meta[headers.META_CLIENT_CAPABILITIES]
                exchange.log_level = meta.get(headers.META_LOG_LEVEL)
            return
        if isinstance(message, Request) and message.method == "initialize":
            return
        if not session_token:
            raise InvalidRequest(
                "The Mcp-Session-Id header is missing. Call initialize first and "
                "repeat the id that its answer carries."
            )
        session = self.env["mcp.session"]._find(session_token, exchange.principal)
        if session is None:
            raise SessionNotFound("The session has ended. Call initialize again.")
        exchange.session = session
        exchange.revision = session.revision
        exchange.client = session.client
        exchange.capabilities = session.capabilities
        exchange.log_level = session.log_level or _LEGACY_LOG_LEVEL

    @api.model
    def _handle(self, exchange):
        """Process the message of an exchange, in the caller's environment.

        The answer is written here, within the transaction: once that is committed,
        nothing is left that could fail but what hooks do then.

        :param exchange: authenticated and parsed
        :return: the JSON-RPC message, empty for what gets no answer
        :rtype: bytes
        :raise ProtocolError: the answer is an error
        """
        result = self._execute(exchange)
        body = b""
        if result is not None:
            body = jsonrpc.encode_result(exchange.message.id, result)
        status = HTTPStatus.OK if body else HTTPStatus.ACCEPTED
        self._emit(
            FINISHED, exchange, result=result, http_status=status, size=len(body)
        )
        return body

    @api.model
    def _method_for(self, exchange):
        """Return the handler of the exchange's method, bound.

        :raise MethodNotFound: the revision has no such method
        """
        message = exchange.message
        attribute, eras, _only_reads = self._protocol_methods().get(
            message.method, (None, (), False)
        )
        if exchange.revision.era not in eras:
            raise MethodNotFound(f"Unknown method {quote(message.method)}.")
        return getattr(self, attribute)

    @api.model
    @ormcache()
    def _protocol_methods(self):
        """Return {method on the wire: (attribute, eras, only reads)} by markers."""
        return frozendict(
            (name, (attribute, eras, only_reads))
            for attribute, (name, eras, only_reads) in marked(
                type(self), PROTOCOL_METHOD
            ).items()
        )

    @api.model
    def _only_reads(self, message):
        """Return whether a read replica of the database can answer a message.

        Asked before anybody is known: what a caller may do is found out later. What
        writes nevertheless is answered by the primary.
        """
        if not isinstance(message, Request):
            return False
        if message.method == "tools/call":
            return self.env["mcp.tool"]._only_reads(message.params.get("name"))
        _attribute, _eras, only_reads = self._protocol_methods().get(
            message.method, (None, (), False)
        )
        return only_reads

    @api.model
    def _complete_result(self, exchange, result):
        """Add to a result what the modern era wants on every one of them."""
        if not exchange.revision.modern:
            return result
        return {
            "resultType": "complete",
            **result,
            "_meta": {headers.META_SERVER_INFO: self._server_info()},
        }

    @api.model
    def _list_hints(self, exchange):
        """Return the caching hints of a list: modern only, and per user."""
        if not exchange.revision.modern:
            return {}
        return {"ttlMs": _LIST_TTL, "cacheScope": "private"}

    @api.model
    def _page(self, exchange, name, entries, params):
        """Return one page of a list, as the client asked for it.

        :param name: of the member that holds the entries, and of the list
        :param entries: what the caller may see, each with ``describe(revision)``
        :raise InvalidParams: the cursor is none of this list
        """
        shown, following = pagination.page(
            entries, name, params.get("cursor"), self._setting("page_size")
        )
        result = {
            name: [entry.describe(exchange.revision) for entry in shown],
            **self._list_hints(exchange),
        }
        if following is not None:
            result["nextCursor"] = following
        return result

    # ------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------

    @api.model
    def _authorize(self, exchange):
        """Hook: refuse an understood message before it runs.

        Runs within :meth:`_execute`, once for each try of the transaction: what an
        override does outside of that is keyed by ``exchange.id``. It calls ``super()``
        and may raise a :class:`ProtocolError`.
        """

    @api.model
    def _count(self, exchange):
        """Hook: an authenticated caller has sent something, a message or not.

        Called where :meth:`_authorize` may not have been: for what could not be read,
        or ends a session; an override sees to it that nothing is counted twice.
        ``exchange.message`` may be ``None``. An override calls ``super()`` and may
        raise a :class:`ProtocolError`.
        """

    @api.model
    def _execute(self, exchange):
        """Hook: run the message. An override may act before and after ``super()``.

        It returns what ``super()`` returns, or an answer of its own instead.

        It runs once per try of the transaction: what an override does outside of the
        transaction is keyed by ``exchange.id``.

        :return: the members of the result, ``None`` for what gets no answer
        :rtype: dict | None
        :raise ProtocolError: as :meth:`_handle`
        """
        message = exchange.message
        self._authorize(exchange)
        if isinstance(message, Response):
            if exchange.session:
                self.env["mcp.client.request"]._answer(exchange)
            return None
        if isinstance(message, Notification):
            if message.method == "notifications/cancelled":
                self.env["mcp.cancellation"]._record(exchange)
            return None
        handler = self._method_for(exchange)
        return self._complete_result(exchange, handler(exchange, message.params))

    @api.model
    def _emit(self, kind, exchange, **facts):
        """Hook: something happened that an auditor may want to know.

        Does nothing by itself; an override calls ``super()``. *facts* hold no secrets:
        an override may keep them.

        :data:`~exchange.FINISHED` comes last of a message. With a ``result`` (``None``
        for what gets no answer) the transaction of the work is about to be committed;
        an override that raises prevents that, as with any failure. With an ``error``,
        which is any exception, that transaction has been undone, or the work of one
        message of a batch: what is to stay is written apart from it. What an override
        raises then refuses the whole batch, and is only logged elsewhere. Both come
        with the ``http_status`` and with the ``size`` of the answer in bytes.

        :param kind: dotted name
        :param exchange: ``None`` for what happens outside of a request to the endpoint
        """
