"""Calls that wait for their client hold a worker, of which there are few."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

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


@contextmanager
def _rival(instance):
    """Ask before everybody else, until the function that this gives is called.

    It returns when both workers stand behind the rival, and lets them go together.
    """
    connection = instance.connect()

    def both_wait():
        deadline = time.monotonic() + 20
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(
                    "SELECT FROM pg_locks JOIN pg_database ON oid = database"
                    " WHERE datname = current_database() AND locktype = 'advisory'"
                    " AND NOT granted"
                )
                if cursor.rowcount == 2:
                    connection.commit()
                    return
                time.sleep(0.05)
        raise AssertionError("two workers at once do not wait for each other")

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('mcp_client_request'))"
            )
        yield both_wait
    finally:
        connection.close()


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

    with _rival(servers[0]) as both_wait, ThreadPoolExecutor(len(callers)) as pool:
        asked = pool.map(is_asked, callers)
        both_wait()
        assert sum(asked) == 1
