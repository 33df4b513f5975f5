"""Live streams: what a tool says while it runs, and what it asks the client back."""

import asyncio
import json
import threading
import time
import uuid
from contextlib import ExitStack, asynccontextmanager

import httpx
import httpx2
import pytest
from endpoint import LATEST_LEGACY, META_CAPABILITIES, MODERN, Endpoint
from mcp import Client, types
from mcp.client.streamable_http import streamable_http_client
from questions import question, with_elicitation


@pytest.fixture
def caller(fixtures_server):
    with Endpoint(fixtures_server.url, fixtures_server.keys["demo"]) as endpoint:
        yield endpoint


@pytest.fixture
def contacts(fixtures_server):
    """Return how many contacts have a name: *contacts(name)*."""
    connection = fixtures_server.instance.connect()
    connection.autocommit = True

    def count(name):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM res_partner WHERE name = %s", [name])
            return cursor.fetchone()[0]

    yield count
    connection.close()


def _call(caller, tool, revision, arguments=None, capabilities=None):
    """Return (message, headers) of a call that wants to hear of its progress."""
    params = {"name": tool, "arguments": arguments or {}}
    message = caller.message("tools/call", params, revision)
    meta = message["params"].setdefault("_meta", {})
    meta["progressToken"] = "token"
    changes = {}
    if revision == MODERN:
        meta[META_CAPABILITIES] = capabilities or {}
        changes = {"mcp_method": "tools/call", "mcp_name": tool}
    return message, caller.headers(revision, **changes)


def _events(response):
    """Yield the messages of an event stream as they arrive."""
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


@pytest.mark.parametrize("revision", [MODERN, LATEST_LEGACY, "2024-11-05"])
def test_the_first_notification_arrives_before_the_tool_ends(caller, revision):
    message, headers = _call(caller, "test_tool_with_progress", revision)
    arrivals = []
    with httpx.stream("POST", caller.url, json=message, headers=headers) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["x-accel-buffering"] == "no"
        for event in _events(response):
            arrivals.append((time.monotonic(), event))
    *notices, (ended, answer) = arrivals
    assert answer["id"] == message["id"]
    assert "result" in answer
    told = [event["params"] for _moment, event in notices]
    assert [params["progress"] for params in told] == [0, 50, 100]
    assert {params["progressToken"] for params in told} == {"token"}
    # the tool pauses after each step: the first was here long before the end
    assert ended - notices[0][0] > 0.1


def test_a_client_that_reads_no_events_gets_one_answer(caller):
    message, headers = _call(caller, "test_tool_with_progress", MODERN)
    response = caller.send(message, headers={**headers, "accept": "application/json"})
    assert response.headers["content-type"] == "application/json"
    assert response.json()["result"]["isError"] is False


def test_leaving_cancels_a_modern_call_and_undoes_it(caller, contacts):
    for revision, survives in ((MODERN, 0), (LATEST_LEGACY, 1)):
        mark = f"left {uuid.uuid4()}"
        message, headers = _call(caller, "test_slow_change", revision, {"mark": mark})
        with httpx.stream("POST", caller.url, json=message, headers=headers) as stream:
            assert next(_events(stream))["method"] == "notifications/progress"
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline and contacts(mark) != 1:
            time.sleep(0.2)
        assert contacts(mark) == survives, revision


def test_leaving_is_noticed_where_nothing_is_told(caller, contacts):
    mark = f"quiet {uuid.uuid4()}"
    message, headers = _call(caller, "test_slow_change", MODERN, {"mark": mark})
    del message["params"]["_meta"]["progressToken"]
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(caller.url, json=message, headers=headers, timeout=1)
    deadline = time.monotonic() + 7
    while time.monotonic() < deadline and not contacts(mark):
        time.sleep(0.2)
    assert contacts(mark) == 0


def _is_asked(response, kept):
    """Return whether a question came; otherwise the call was refused in words.

    :param list kept: gets what reads the stream, which closes it when it goes
    """
    if "event-stream" in response.headers["content-type"]:
        kept.append(_events(response))
        return next(kept[-1])["method"] == "elicitation/create"
    [told] = json.loads(response.read())["result"]["content"]
    assert "Too many questions" in told["text"]
    return False


def _assert_answers(caller, headers):
    begun = time.monotonic()
    ping = caller.message("ping")
    response = httpx.post(caller.url, json=ping, headers=headers, timeout=20)
    assert response.status_code == 200
    assert time.monotonic() - begun < 5


def test_clients_that_leave_a_question_open_hold_no_worker(fixtures_server):
    with Endpoint(fixtures_server.url, fixtures_server.keys["demo"]) as caller:
        headers = with_elicitation(caller)
        left, deadline = 0, time.monotonic() + 30
        while left < 4:
            assert time.monotonic() < deadline
            with question(caller, headers) as stream:
                left += _is_asked(stream, [])
        _assert_answers(caller, headers)


def test_clients_that_keep_a_question_open_leave_a_worker_to_the_others(
    fixtures_server,
):
    with (
        Endpoint(fixtures_server.url, fixtures_server.keys["demo"]) as caller,
        ExitStack() as streams,
    ):
        headers, kept = with_elicitation(caller), []
        deadline = time.monotonic() + 30
        # those that others left a moment ago count until that is noticed
        while not _is_asked(streams.enter_context(question(caller, headers)), kept):
            assert time.monotonic() < deadline
        others = [
            _is_asked(streams.enter_context(question(caller, headers)), kept)
            for _number in range(3)
        ]
        # of two workers one may wait; a server with threads has more of them
        assert sum(others) == (0 if fixtures_server.mode == "prefork" else 3)
        _assert_answers(caller, headers)


def test_a_cancelled_notification_ends_a_legacy_call(caller, contacts):
    mark = f"cancelled {uuid.uuid4()}"
    message, headers = _call(caller, "test_slow_change", LATEST_LEGACY, {"mark": mark})
    cancel = {
        "jsonrpc": "2.0",
        "method": "notifications/cancelled",
        "params": {"requestId": message["id"]},
    }
    with httpx.stream("POST", caller.url, json=message, headers=headers) as stream:
        events = _events(stream)
        assert next(events)["method"] == "notifications/progress"
        assert caller.send(cancel).status_code == 202
        rest = list(events)
    assert all(event.get("method") for event in rest), "a cancelled call has no answer"
    assert len(rest) < 60
    assert contacts(mark) == 0


def test_an_answer_reaches_the_worker_that_waits_for_it(fixtures_server):
    with Endpoint(fixtures_server.url, fixtures_server.keys["demo"]) as caller:
        headers = with_elicitation(caller)
        message = caller.message(
            "tools/call", {"name": "test_elicitation", "arguments": {"message": "Who?"}}
        )
        with httpx.stream("POST", caller.url, json=message, headers=headers) as stream:
            events = _events(stream)
            asked = next(events)
            assert asked["method"] == "elicitation/create"
            assert asked["params"]["message"] == "Who?"
            # somebody else cannot answer in this client's place
            content = {"username": "eve", "email": "eve@example.com"}
            answer = {
                "jsonrpc": "2.0",
                "id": asked["id"],
                "result": {"action": "accept", "content": content},
            }
            assert caller.send(answer).status_code == 202
            content = {"username": "ann", "email": "ann@example.com"}
            answer["result"] = {"action": "accept", "content": content}
            sender = threading.Thread(
                target=caller.send, args=[answer], kwargs={"headers": headers}
            )
            sender.start()
            result = next(events)
            sender.join()
    assert result["id"] == message["id"]
    assert "ann" in result["result"]["content"][0]["text"]
    assert "eve" not in result["result"]["content"][0]["text"]


@asynccontextmanager
async def _connect(server, mode, **callbacks):
    headers = {"Authorization": f"Bearer {server.keys['demo']}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
        transport = streamable_http_client(server.url, http_client=http)
        async with Client(transport, mode=mode, **callbacks) as client:
            yield client


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_hears_of_progress(fixtures_server, mode):
    heard = []

    async def progressed(progress, total, message):
        heard.append((progress, total))

    async def scenario():
        async with _connect(fixtures_server, mode) as client:
            await client.call_tool(
                "test_tool_with_progress", {}, progress_callback=progressed
            )

    asyncio.run(scenario())
    assert heard == [(0, 100), (50, 100), (100, 100)]


@pytest.mark.parametrize(
    ("mode", "tool", "arguments"),
    [
        ("auto", "test_input_required_result_elicitation", {}),
        ("legacy", "test_elicitation", {"message": "Who?"}),
    ],
)
def test_the_official_client_answers_a_question(fixtures_server, mode, tool, arguments):
    async def answered(context, params):
        content = {"name": "Ann", "username": "Ann", "email": "ann@example.com"}
        wanted = params.requested_schema["properties"]
        chosen = {key: content[key] for key in wanted}
        return types.ElicitResult(action="accept", content=chosen)

    async def scenario():
        async with _connect(
            fixtures_server, mode, elicitation_callback=answered
        ) as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(scenario())
    assert not result.is_error
    assert "Ann" in result.content[0].text


def test_resources_and_prompts_through_the_official_client(fixtures_server):
    async def scenario(mode):
        async with _connect(fixtures_server, mode) as client:
            resources = await client.list_resources()
            assert "test://static-text" in [str(r.uri) for r in resources.resources]
            read = await client.read_resource("test://template/7/data")
            assert json.loads(read.contents[0].text)["id"] == "7"
            prompts = await client.list_prompts()
            assert "test_simple_prompt" in [prompt.name for prompt in prompts.prompts]
            made = await client.get_prompt(
                "test_prompt_with_arguments", {"arg1": "a", "arg2": "b"}
            )
            assert "arg1='a'" in made.messages[0].content.text

    for mode in ("auto", "legacy"):
        asyncio.run(scenario(mode))
