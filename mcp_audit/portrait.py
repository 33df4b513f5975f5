"""Drawing the events of a message: what of it is kept, cleaned and cut."""

from collections.abc import Container
from http import HTTPStatus
from typing import Any

import orjson

from odoo.addons.mcp_core.conversation import Cancelled
from odoo.addons.mcp_core.exchange import FINISHED, Exchange
from odoo.addons.mcp_core.protocol.errors import InternalError, ProtocolError
from odoo.addons.mcp_core.protocol.jsonrpc import Request, Response

from . import event as events
from .event import BEGUN, Event, Payload
from .journal import IDS_MAX, Journal, named_ids
from .redaction import payload, redacted, redacted_text

#: Levels of detail, each with all of the one before.
LEVELS = ("metadata", "request", "response")
#: Characters of a short text that are kept.
_NAME_MAX = 128
#: And of a line, such as an address.
_LINE_MAX = 512
#: What a column of sizes holds. Any client may announce more, and is refused; that it
#: tried has to be kept.
_SIZE_MAX = 2**31 - 1
_REFUSALS = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)


def cleaned(text: object, limit: int = _NAME_MAX) -> str | None:
    """Return a text of the client as one short line without secrets."""
    if not isinstance(text, str) or not text:
        return None
    line = redacted_text(text[: 4 * limit])[:limit]
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


class Portrait:
    """Draws what the trail keeps of one exchange.

    :param level: one of :data:`LEVELS`
    :param login: of the caller, empty for nobody
    :param models: the names of the models there are
    :param rule: the name of what decided on the level, ``None`` for nothing
    """

    def __init__(
        self,
        exchange: Exchange,
        level: str,
        login: str,
        models: Container[str],
        rule: str | None = None,
    ):
        self._exchange = exchange
        self._journal = Journal.of(exchange)
        self._level = level
        self._login = login
        self._models = models
        self._rule = rule

    def begun(self) -> Event:
        """Return the beginning of the message."""
        facts = {**self._caller(), **self._subject()}
        payloads = self._request_payload()
        if payloads:
            facts["request_digest"] = payloads[0].digest
        return Event(BEGUN, facts, payloads)

    def finished(
        self,
        http_status: int,
        size: int,
        result: Any = None,
        error: Exception | None = None,
    ) -> list[Event]:
        """Return the end of the message, after whatever happened on its way.

        :param size: of the answer, in bytes
        :param result: where there is no *error*
        """
        caller = self._caller()
        told = [
            Event(kind, caller | self._told(facts))
            for kind, facts in self._journal.happenings
        ]
        outcome = self._outcome(result, error)
        subject = self._subject()
        if outcome == events.SUCCESS and not self._journal.changed:
            # a method that was asked for and did not run, or was undone
            subject.pop("operation", None)
        facts = {
            **caller,
            **subject,
            "outcome": outcome,
            "error_code": error.code if isinstance(error, ProtocolError) else None,
            "http_status": int(http_status),
            "duration": round(self._exchange.duration * 1000, 3),
            "request_bytes": min(self._exchange.request_bytes, _SIZE_MAX) or None,
            "response_bytes": min(size, _SIZE_MAX),
            "details": self._details(result) or None,
        }
        payloads = [] if self._journal.begun else self._request_payload()
        payloads += self._response_payload(result)
        facts |= {f"{kept.side}_digest": kept.digest for kept in payloads}
        return [*told, Event(FINISHED, facts, payloads)]

    # Who

    def _caller(self) -> dict[str, Any]:
        exchange = self._exchange
        facts: dict[str, Any] = {
            "request_id": str(exchange.id),
            "address": cleaned(exchange.address),
            "user_agent": cleaned(exchange.user_agent, _LINE_MAX),
            "origin": cleaned(exchange.origin, _LINE_MAX),
            "trace_id": exchange.trace_id or None,
        }
        if principal := exchange.principal or self._journal.denied:
            facts |= {
                "user_id": principal.user_id,
                "login": self._login or None,
                "credential": principal.credential,
                "auth_method": principal.auth_method,
            }
        else:
            facts["login"] = self._claimed_login()
        if exchange.session:
            facts["session_id"] = exchange.session.id
        if exchange.client:
            facts["client_name"] = cleaned(exchange.client.name)
            facts["client_version"] = cleaned(exchange.client.version)
        if exchange.revision:
            facts["revision"] = exchange.revision.name
        return facts

    def _claimed_login(self) -> str | None:
        for _kind, facts in self._journal.happenings:
            if facts.get("login"):
                return cleaned(facts["login"])
        return None

    # What

    def _subject(self) -> dict[str, Any]:
        message = self._exchange.message
        if message is None:
            return {}
        if isinstance(message, Response):
            return {"method": "response"}
        params = message.params
        facts: dict[str, Any] = {"method": cleaned(message.method)}
        if message.method == "tools/call":
            facts["tool"] = cleaned(params.get("name"))
            facts |= self._target(params.get("arguments"))
        elif message.method.startswith("resources/"):
            facts["resource"] = cleaned(params.get("uri"), _LINE_MAX)
        elif message.method == "prompts/get":
            facts["prompt"] = cleaned(params.get("name"))
        if self._journal.changed:
            model, operation, ids, count = self._journal.changed[0]
            if operation == "call":
                # the name of the method says more
                operation = facts.get("operation") or operation
            facts |= {
                "model": model,
                "operation": operation,
                "record_ids": ids,
                "record_count": count,
            }
        return facts

    def _target(self, arguments: Any) -> dict[str, Any]:
        """Return what the arguments of a tool say about records."""
        facts: dict[str, Any] = {}
        if not isinstance(arguments, dict):
            return facts
        model, method = arguments.get("model"), arguments.get("method")
        if isinstance(model, str) and model in self._models:
            facts["model"] = model
        if isinstance(method, str):
            facts["operation"] = cleaned(method)
        ids = named_ids(arguments.get("ids", [arguments.get("id")]))
        if ids is not None:
            facts |= {"record_ids": ids[:IDS_MAX], "record_count": len(ids)}
        return facts

    def _outcome(self, result: Any, error: Exception | None) -> str:
        if isinstance(error, Cancelled):
            return events.INTERRUPTED
        if error is not None:
            status = getattr(error, "http_status", HTTPStatus.INTERNAL_SERVER_ERROR)
            if status in _REFUSALS:
                return events.REFUSED
            if (
                status >= HTTPStatus.INTERNAL_SERVER_ERROR
                or error.code == InternalError.code
            ):
                return events.FAILED
            return events.INVALID
        if isinstance(result, dict) and result.get("isError"):
            kinds = {kind for kind, _facts in self._journal.happenings}
            if self._journal.error == "AccessError" or "access.denied" in kinds:
                return events.REFUSED
            return events.ERROR
        return events.SUCCESS

    def _details(self, result: Any) -> dict[str, Any]:
        details: dict[str, Any] = {}
        if isinstance(result, dict) and result.get("resultType") == "input_required":
            details["input_required"] = True
        if self._journal.tried:
            details["dry_run"] = True
        if self._journal.error:
            details["error"] = self._journal.error
        if len(self._journal.changed) > 1:
            details["changed"] = [list(change) for change in self._journal.changed[1:]]
        if self._rule and self._level == "metadata":
            details["rule"] = cleaned(self._rule)
        return details

    def _told(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Return the columns that the facts of a happening belong into."""
        details = {
            name: value for name, value in facts.items() if value not in (None, "", ())
        }
        columns = {
            name: cleaned(str(details.pop(name)))
            for name in ("model", "operation")
            if name in details
        }
        # what is not JSON by now is a defect of whoever told it: its text has to do
        plain = orjson.loads(orjson.dumps(details, default=str))
        return {**columns, "details": redacted(plain) or None}

    # Payloads

    def _request_payload(self) -> list[Payload]:
        message = self._exchange.message
        if self._level == "metadata" or not isinstance(message, Request):
            return []
        told = {
            name: value for name, value in message.params.items() if name != "_meta"
        }
        return [payload("request", told)] if told else []

    def _response_payload(self, result: Any) -> list[Payload]:
        if self._level != "response" or not isinstance(result, dict):
            return []
        if "structuredContent" in result:
            # the first block is the same as text, and only that can be read again
            structure = orjson.loads(result["content"][0]["text"])
            result = {**result, "content": [], "structuredContent": structure}
        return [payload("response", result)]
