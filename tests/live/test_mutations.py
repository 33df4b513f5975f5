"""Many requests that are wrong somewhere: none of them brings anything down.

Tens of thousands of them are the suite fuzz.
"""

from endpoint import Endpoint
from mutation import attack, errors_in

_CASES = 1500


def test_each_mutated_request_gets_a_short_answer_in_json(server, demo, cases, seed):
    begin = server.log.stat().st_size if server.log else 0
    # a caller of its own, whose sessions end under its feet
    with Endpoint(server.url, server.keys["demo"]) as caller:
        statuses = {attack(caller, seed, number) for number in range(cases(_CASES))}
    # it took part in the conversation, and did more than to refuse
    assert {200, 202, 400} <= statuses
    assert demo.ask("ping") == {}
    if server.log:
        assert errors_in(server.log, begin) == []
