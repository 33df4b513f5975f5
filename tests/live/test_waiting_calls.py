"""Calls that wait for their client hold a worker, of which there are few."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from endpoint import Endpoint
from questions import question, with_elicitation

_GROUPS = ["base.group_user", "mcp_core.group_user"]


@pytest.fixture
def one_question(desk):
    """Each user's calls wait for one answer at a time, as on installation."""

    def allow(number):
        values = {"mcp_waiting_calls": number}
        screen = desk.create("res.config.settings", **values)
        desk.desk.call("res.config.settings", "execute", [screen])

    allow(1)
    yield
    allow(100)


@pytest.mark.usefixtures("one_question")
def test_a_user_waits_for_one_answer_at_a_time(servers, desk):
    # with threads, where there would be room for more
    url, employee = servers[1].url, desk.hire(_GROUPS)
    with (
        ExitStack() as streams,
        Endpoint(url, employee.key) as caller,
        Endpoint(url, servers[1].keys["demo"]) as somebody,
    ):
        first, second, other = (
            streams.enter_context(question(endpoint, with_elicitation(endpoint)))
            for endpoint in (caller, caller, somebody)
        )
        for stream in (first, other):
            assert stream.headers["content-type"] == "text/event-stream"
        told = json.loads(second.read())["result"]
        assert told["isError"] is True
        assert "waits for the answer" in told["content"][0]["text"]


def test_of_many_that_ask_at_the_same_time_one_leaves_the_last_worker_alone(
    servers, desk
):
    callers = [desk.hire(_GROUPS) for _number in range(6)]
    all_told = threading.Barrier(len(callers), timeout=15)

    def is_asked(employee):
        with Endpoint(servers[0].url, employee.key) as caller:
            headers = with_elicitation(caller)
            with question(caller, headers) as stream:
                asked = stream.headers["content-type"] == "text/event-stream"
                # whoever is asked does not answer until all of them know
                all_told.wait()
                return asked

    with ThreadPoolExecutor(len(callers)) as pool:
        assert sum(pool.map(is_asked, callers)) == 1
