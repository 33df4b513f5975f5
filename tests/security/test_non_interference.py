"""Two companies that differ in what is hidden, and in nothing else.

Whatever their clients ask, in whatever order, they get the same bytes: then nothing
that is hidden has any part in an answer.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import hypothesis
import pytest
from company import CANARY, PRICE, built
from endpoint import MODERN
from hypothesis import given, settings
from sequences import sequences

#: How many sequences of calls are made.
_COUNT = int(os.environ.get("MCP_TEST_SEQUENCES") or 500)
#: The other company's secrets.
_OTHER = ("secretzz", 18220.41)
#: What no two servers say alike: moments, what is signed with a secret of the database
#: or named at random, and the ports that they listen on.
_BY_NATURE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?([+-]\d\d:\d\d|Z)?"
    r"|(?<=\\\"handle\\\":\\\")[A-Za-z0-9_-]{40,}"
    r"|(?<=\"handle\":\")[A-Za-z0-9_-]{40,}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+"
)


@pytest.fixture(scope="module")
def houses():
    """Two houses, alike but for what is hidden."""
    with ExitStack() as stack:
        pair = [
            stack.enter_context(built(canary, price))
            for canary, price in ((CANARY, PRICE), _OTHER)
        ]
        for house in pair:
            house.lock(True)
        assert _public(pair[0]) == _public(pair[1])
        yield pair


def _public(house):
    hidden = ("email", "phone", "canary", "price")
    return {name: found for name, found in house.ids.items() if name not in hidden}


@pytest.fixture(scope="module")
def callers(houses):
    with ExitStack() as stack:
        yield [
            {
                login: stack.enter_context(house.caller(login))
                for login in ("admin", "demo")
            }
            for house in houses
        ]


def _answer(callers, call):
    login, method, params = call
    name = params.get("name") or params.get("uri")
    response = callers[login].post(method, params, MODERN, mcp_name=name)
    assert response.status_code < 500, response.text
    text = re.sub(r'"id":\d+,"(result|error)"', r'"\1"', response.text)
    return response.status_code, _BY_NATURE.sub("…", text)


def test_answers_are_the_same_whatever_is_hidden(callers, tell):
    asked = []

    @settings(
        max_examples=_COUNT,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @given(sequence=sequences)
    def compare(sequence):
        with ThreadPoolExecutor(2) as pool:
            for call in sequence:
                one, other = pool.map(_answer, callers, [call] * 2)
                asked.append(one[0])
                assert one == other, (call, *_difference(one[1], other[1]))

    try:
        compare()
    finally:
        tell(
            f"security: {len(asked)} calls in {_COUNT} sequences to two companies, "
            f"{asked.count(200)} of them answered with 200"
        )


def _difference(one, other):
    """Return where two texts begin to differ."""
    place = next(
        (
            number
            for number, (left, right) in enumerate(zip(one, other, strict=False))
            if left != right
        ),
        min(len(one), len(other)),
    )
    begin = max(0, place - 150)
    return one[begin : place + 150], other[begin : place + 150]
