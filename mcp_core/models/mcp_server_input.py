"""Asking the client back in the modern era, where no stream is kept for the answer.

The server leaves the request with ``input_required`` and a signed state; the client
sends the request again with its answers and that state (revision 2026-07-28,
"Multi Round-Trip Requests").
"""

import hashlib
from datetime import timedelta

import orjson

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..conversation import InputRequired, RetryAsker
from ..protocol.errors import InvalidParams

_SCOPE = "mcp_core.request_state"
#: How long a client may take to come back with its answers.
_LIFETIME = timedelta(minutes=15)
#: A state grows with the answers it carries; one that is longer is not looked at.
_STATE_MAX = 256 * 1024


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _with_input(self, exchange, identity, run):
        """Run what may ask the client, and answer with its questions if it does.

        :param identity: JSON value that, with the method, makes this request another
            one when it differs
        :param run: called without arguments; when it asks it leaves no changes behind
        :return: what *run* returned, or the members of ``InputRequiredResult``
        :raise InvalidParams: the state is not one that this request was given
        """
        if not exchange.revision.modern:
            return run()
        request = self._fingerprint(exchange, identity)
        answers = self._answers(exchange, request)
        exchange.asker = RetryAsker(answers)
        try:
            return run()
        except InputRequired as required:
            questions = {
                key: question.describe() for key, question in required.requests.items()
            }
            state = hash_sign(
                self.sudo().env,
                _SCOPE,
                [exchange.principal.user_id, request, sorted(questions), answers],
                expiration=_LIFETIME,
            )
            if len(state) > _STATE_MAX:
                raise InvalidParams("inputResponses are too large.") from None
            return {
                "resultType": "input_required",
                "inputRequests": questions,
                "requestState": state,
            }

    @api.model
    def _fingerprint(self, exchange, identity):
        body = orjson.dumps(
            [exchange.message.method, identity], option=orjson.OPT_SORT_KEYS
        )
        return hashlib.sha256(body).hexdigest()

    @api.model
    def _answers(self, exchange, request):
        """Return the client's answers by key: those of earlier rounds, and new ones.

        Answers without a state count too. Nothing would be gained by insisting: whoever
        can send answers can ask for a state first.
        """
        params = exchange.message.params
        state, responses = params.get("requestState"), params.get("inputResponses", {})
        if not isinstance(responses, dict):
            raise InvalidParams("inputResponses must be an object.")
        for key, response in responses.items():
            if not isinstance(response, dict):
                raise InvalidParams(f"inputResponses.{key[:50]} must be an object.")
        if state is None:
            return responses
        user_id, known, asked, answers = self._verified(state)
        if user_id != exchange.principal.user_id or known != request:
            raise InvalidParams("requestState belongs to another request.")
        return {**answers, **{key: responses[key] for key in asked if key in responses}}

    @api.model
    def _verified(self, state):
        if isinstance(state, str) and len(state) <= _STATE_MAX:
            try:
                values = verify_hash_signed(self.sudo().env, _SCOPE, state)
            except ValueError:
                values = None
            if values is not None:
                return values
        raise InvalidParams(
            "requestState is not valid or has expired. "
            "Send the request again without it."
        )
