"""Thousands of requests that are wrong somewhere: none of them brings anything down."""

import time

from endpoint import PATIENCE, Endpoint, assert_ours
from mutation import Mutation

_CASES = 1500


def _answer(caller, number, seed):
    mutation = Mutation(f"{seed}/{number}", caller)
    begun = time.monotonic()
    try:
        response = caller.send(
            mutation.body,
            method=mutation.verb,
            path=mutation.path,
            headers=mutation.headers,
        )
        assert time.monotonic() - begun < PATIENCE
        assert_ours(response)
        # what a tool says where it met an exception that nobody thought of
        assert "error in Odoo" not in response.text
        if mutation.verb != "HEAD":
            assert bool(response.content) == (response.status_code not in (202, 204))
    except Exception as error:
        raise AssertionError(
            f"request {number} of seed {seed} ({error!r}): {mutation!r}"
        ) from error
    if mutation.verb == "DELETE":
        caller.forget_sessions()
    return response.status_code


def test_each_mutated_request_gets_a_short_answer_in_json(server, demo, cases, seed):
    begin = server.log.stat().st_size if server.log else 0
    # a caller of its own, whose sessions end under its feet
    with Endpoint(server.url, server.keys["demo"]) as caller:
        statuses = {_answer(caller, number, seed) for number in range(cases(_CASES))}
    # it took part in the conversation, and did more than to refuse
    assert {200, 202, 400} <= statuses
    assert demo.ask("ping") == {}
    if server.log:
        with server.log.open(errors="replace") as log:
            log.seek(begin)
            wrong = [line for line in log if " ERROR " in line or " CRITICAL " in line]
        assert wrong == []
