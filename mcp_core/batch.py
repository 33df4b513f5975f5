"""Several messages in one body (revision 2025-03-26, "Batching").

They run one after the other in one transaction; what fails inside is undone by itself,
as with messages of their own.
"""

from http import HTTPStatus
from typing import Any

from .exchange import FINISHED, Exchange
from .protocol import jsonrpc
from .protocol.errors import InternalError, InvalidRequest, ProtocolError

#: After so many seconds the rest of a batch is not begun: Odoo ends long requests.
_SECONDS = 30


def answers(server: Any, exchange: Exchange, values: list[Any]) -> list[bytes]:
    """Process the messages of a batch and return their answers, in their order.

    :param server: the model ``mcp.server``, as the caller
    :param exchange: of the whole batch, recognised; each message gets one of its own
    :param values: the elements of the batch, decoded
    :return: JSON text of each answer; those that get none are not among them
    :raise InvalidRequest: the batch is empty or too long
    """
    answered = []
    for place, (identifier, message) in enumerate(jsonrpc.parse_batch(values)):
        part = exchange.for_message(place, message)
        try:
            answer = _answer(server, exchange, part, message)
        except ProtocolError as error:
            answer = jsonrpc.encode_error(identifier, error)
            server._emit(
                FINISHED,
                part,
                error=error,
                http_status=HTTPStatus.OK,
                size=len(answer),
            )
        if answer:
            answered.append(answer)
    return answered


def _answer(server, exchange, part, message):
    if exchange.duration > _SECONDS:
        raise InternalError(
            "The batch took too long before it came to this message. Send fewer at "
            "once."
        )
    if isinstance(message, ProtocolError):
        server._count(part)
        raise message
    if getattr(message, "method", None) == "initialize":
        raise InvalidRequest("initialize cannot be part of a batch.")
    return server._handle(part)
