"""Answers that are sent while the request still runs: server-sent events.

Odoo closes the cursor of a request before its response is sent, so such a request runs
in a transaction of its own, inside the response. It writes through WSGI's ``write``
from the one thread that runs it: no second thread, no queue, and an event is on the
wire before the next line of the tool.
"""

import functools
import logging
import time
from http import HTTPStatus

from odoo import api
from odoo.http import Response
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from .conversation import Cancelled, EventStream
from .cursors import read_committed
from .stream_asker import StreamAsker

_logger = logging.getLogger(__name__)

#: How often a running request looks whether it was cancelled by message, in seconds.
_CANCELLATION_EVERY = 1.0


class StreamedResponse(Response):
    """The response to the message of one exchange, made while it is sent.

    The stream begins with its first event. A request that ends without having said
    anything is answered as any other, with its own status.

    :param dispatcher: makes the plain answer, and explains what goes wrong
    :param context: of the environment that the request runs in
    :param headers: of the stream
    """

    def __init__(self, dispatcher, context, headers):
        super().__init__(status=200, headers=headers)
        self._dispatcher = dispatcher
        self._exchange = dispatcher.exchange
        self._context = context
        self._registry = Registry(dispatcher.request.db)
        self._write = None
        self._looked = 0.0

    def __call__(self, environ, start_response):
        exchange, request = self._exchange, self._dispatcher.request

        def write(event):
            if self._write is None:
                extra = exchange.response_headers.items()
                self._write = start_response(
                    self.status, [*self.headers.to_wsgi_list(), *extra]
                )
            self._write(event)

        exchange.stream = EventStream(
            write,
            # by the name of Odoo's threaded server, or of the one its workers share
            environ.get("socket") or environ.get("werkzeug.socket"),
            cancels=exchange.revision.modern,
            is_cancelled=self._is_cancelled,
        )
        if not exchange.revision.modern:
            exchange.asker = StreamAsker(self._registry, exchange)
        try:
            with self._registry.cursor() as cr:
                user_id = exchange.principal.user_id
                request.env = api.Environment(cr, user_id, self._context)
                request.env.transaction.default_env = request.env
                response, body = self._run(request.env)
            if self._write is None:
                return response(environ, start_response)
            exchange.stream.send(body)
        except Cancelled:
            _logger.info("MCP request %s was cancelled by its client", exchange.id)
            if self._write is None:
                # nobody reads it, but the server wants a status
                start_response("204 NO CONTENT", [])
        finally:
            request.env = None
        return []

    def _run(self, env):
        """Run the request; return its answer as a response and as a body."""
        handle = functools.partial(env["mcp.server"]._handle, self._exchange)
        try:
            body = retrying(handle, env)
            return self._dispatcher.answer(body), body
        except Cancelled as error:
            self._dispatcher.emit_refusal(error, HTTPStatus.NO_CONTENT, 0)
            raise
        except Exception as error:
            if not hasattr(error, "loglevel"):
                _logger.exception("MCP request %s failed", self._exchange.id)
            return self._dispatcher.refuse(error)

    def _is_cancelled(self):
        now = time.monotonic()
        if self._exchange.session is None or now - self._looked < _CANCELLATION_EVERY:
            return False
        self._looked = now
        with read_committed(self._registry) as cr:
            cancellations = api.Environment(cr, api.SUPERUSER_ID, {})[
                "mcp.cancellation"
            ]
            return cancellations._is_recorded(self._exchange)
