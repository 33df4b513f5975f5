"""Asking legacy clients on the open stream, and waiting for what they answer.

The answer is posted in a request of its own and stored by whichever worker gets it
(``models/mcp_client_request.py``). This side waits for PostgreSQL's NOTIFY: it sleeps
in the kernel, not in a loop.
"""

import select
import time
import uuid

import orjson

from odoo import api
from odoo.tools import config

from .cursors import read_committed
from .exceptions import ToolError

#: PostgreSQL's channel for those who wait; LISTEN takes no parameter.
CHANNEL = "mcp_client_request"
#: How long a person may take to answer, in seconds, if the worker lives that long.
TIMEOUT = 300
#: What is left of the request's time for the work after the answer, in seconds.
_RESERVE = 15
#: A client that left, or a lost wake-up, is noticed after so many seconds.
_RECHECK = 1


class StreamAsker:
    """Asks on the open event stream and waits for the answers.

    :param registry: of the database that carries the answers
    """

    def __init__(self, registry, exchange):
        self._registry = registry
        self._exchange = exchange
        #: answers by key, kept over Odoo's retries: a person is asked once
        self._answers = {}

    def ask(self, requests):
        """Return the answers to all *requests* by their keys.

        :raise ToolError: the client refuses, or no answer came in time
        """
        asked = {
            f"odoo-{uuid.uuid4()}": key for key in requests if key not in self._answers
        }
        if asked:
            self._ask(asked, requests)
        return {key: self._answers[key] for key in requests}

    def _ask(self, asked, requests):
        with self._registry.cursor() as cr:
            connection = cr.connection
            connection.set_session(autocommit=True)
            try:
                # before anything is sent: no answer can come unheard
                cr.execute("LISTEN mcp_client_request")
                with read_committed(self._registry) as own_cr:
                    user_id = self._exchange.principal.user_id
                    env = api.Environment(own_cr, user_id, {})
                    env["mcp.client.request"]._record(self._exchange, list(asked))
                for identifier, key in asked.items():
                    self._exchange.stream.send(
                        orjson.dumps(
                            {
                                "jsonrpc": "2.0",
                                "id": identifier,
                                **requests[key].describe(),
                            }
                        )
                    )
                self._wait(cr, connection, dict(asked))
            finally:
                cr.execute("UNLISTEN *")
                cr.execute(
                    "DELETE FROM mcp_client_request WHERE key = ANY(%s)", [list(asked)]
                )
                connection.set_session(autocommit=False)

    def _wait(self, cr, connection, waiting):
        deadline = time.monotonic() + self._patience()
        while True:
            cr.execute(
                "SELECT key, response FROM mcp_client_request WHERE key = ANY(%s)",
                [list(waiting)],
            )
            rows = cr.fetchall()
            if len(rows) < len(waiting):
                raise ToolError("The session ended before the client answered.")
            for identifier, response in rows:
                if response is not None:
                    self._receive(waiting.pop(identifier), response)
            if not waiting:
                return
            left = deadline - time.monotonic()
            if left <= 0:
                raise ToolError("The client did not answer in time. Try again.")
            self._exchange.stream.check()
            if not self._exchange.stream.is_open:
                # the call goes on without its client, but nobody will answer
                raise ToolError("The client left before it answered.")
            select.select([connection], [], [], min(left, _RECHECK))
            connection.poll()
            connection.notifies.clear()

    def _receive(self, key, response):
        if response["error"] is not None:
            raise ToolError("The client could not answer what this tool has to ask.")
        self._answers[key] = response["result"]

    def _patience(self):
        """Return for how many seconds an answer is awaited.

        Odoo ends the worker, or the whole threaded server, when a request takes too
        long: better give up before, and say so.
        """
        limit = config["limit_time_real"] or 0
        if limit <= 0:
            return TIMEOUT
        return max(1, min(TIMEOUT, limit - self._exchange.duration - _RESERVE))
