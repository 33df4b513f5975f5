"""Every client in conversation: who is there, what is offered, and what goes wrong."""

import base64
import json

import pytest
from client import Refusal
from endpoint import LATEST_LEGACY


def test_it_agrees_on_a_revision_and_learns_who_answers(client, kind, sessions):
    # to the local half of a bridge the newest one is foreign
    told = kind.revision if kind.bridged is None else LATEST_LEGACY
    assert client.revision == told
    assert client.server["name"] == "odoo-mcp"
    kept = [kind.revision] if kind.has_sessions else []
    assert sessions.opened_by(kind.name) == kept


def test_it_lists_the_tools_with_their_schemas(client):
    tools = {tool["name"]: tool for tool in client.ask("tools/list")["tools"]}
    search = tools["search"]
    assert search["title"] and search["description"]
    assert search["inputSchema"]["required"] == ["model"]
    assert search["outputSchema"]["type"] == "object"
    assert search["annotations"]["readOnlyHint"] is True


def test_it_calls_a_tool_and_finds_its_result_to_match_the_schema(client):
    # a client that has seen the schema checks the result itself
    client.ask("tools/list")
    condition = {"model": "res.partner", "domain": [["is_company", "=", True]]}
    found = client.call("search", **condition, fields=["name"], limit=3)
    assert not found.get("isError")
    assert json.loads(found["content"][0]["text"]) == found["structuredContent"]
    assert len(found["structuredContent"]["records"]) == 3
    counted = client.call("count", **condition)["structuredContent"]
    assert counted["count"] > 3


def test_it_sends_the_header_that_a_tool_asks_for(client, kind):
    client.ask("tools/list")
    if not kind.mirrors:
        with pytest.raises(Refusal, match="Mcp-Param-Region header is missing"):
            client.call("test_header_parameter", region="us-west1")
        return
    result = client.call("test_header_parameter", region="us-west1")
    assert result["content"] == [{"type": "text", "text": "Region us-west1"}]


def test_it_gets_the_answer_of_a_tool_that_streams(client):
    result = client.call("test_tool_with_progress")
    assert result["content"][0]["text"] == "Progress reported"


def test_it_lists_and_reads_resources(client):
    listed = client.ask("resources/list")["resources"]
    assert "test://static-text" in [resource["uri"] for resource in listed]
    [text] = client.ask("resources/read", uri="test://static-text")["contents"]
    assert text["text"] == "This is the content of the static text resource."
    [image] = client.ask("resources/read", uri="test://static-binary")["contents"]
    assert image["mimeType"] == "image/png"
    assert base64.b64decode(image["blob"]).startswith(b"\x89PNG")


def test_it_reads_a_resource_by_its_template(client):
    listed = client.ask("resources/templates/list")["resourceTemplates"]
    templates = [template["uriTemplate"] for template in listed]
    assert "test://template/{id}/data" in templates
    [data] = client.ask("resources/read", uri="test://template/7/data")["contents"]
    assert json.loads(data["text"])["id"] == "7"


def test_it_lists_and_gets_prompts(client):
    prompts = {
        prompt["name"]: prompt for prompt in client.ask("prompts/list")["prompts"]
    }
    listed = prompts["test_prompt_with_arguments"]["arguments"]
    assert [argument["name"] for argument in listed] == ["arg1", "arg2"]
    prompt = client.ask(
        "prompts/get",
        name="test_prompt_with_arguments",
        arguments={"arg1": "one", "arg2": "two"},
    )
    [said] = prompt["messages"]
    assert said["role"] == "user"
    assert "arg1='one', arg2='two'" in said["content"]["text"]


def test_it_gets_a_prompt_that_somebody_wrote(client):
    prompts = {
        prompt["name"]: prompt for prompt in client.ask("prompts/list")["prompts"]
    }
    assert prompts["customer_brief"]["title"] == "Customer brief"
    [argument] = prompts["customer_brief"]["arguments"]
    assert (argument["name"], argument["required"]) == ("customer", True)
    reference = {"type": "ref/prompt", "name": "customer_brief"}
    completed = client.ask(
        "completion/complete",
        ref=reference,
        argument={"name": "customer", "value": "Azure Int"},
    )["completion"]["values"]
    assert "Azure Interior" in completed
    embedded, said = client.ask(
        "prompts/get", name="customer_brief", arguments={"customer": "Azure Interior"}
    )["messages"]
    assert embedded["content"]["type"] == "resource"
    assert "Azure Interior" in embedded["content"]["resource"]["text"]
    assert "Azure Interior (res.partner " in said["content"]["text"]
    for arguments, word in (
        ({}, "customer"),
        ({"customer": "Nobody at all"}, "Nobody"),
    ):
        with pytest.raises(Refusal, match=word) as refusal:
            client.ask("prompts/get", name="customer_brief", arguments=arguments)
        assert refusal.value.code == -32602


@pytest.mark.parametrize(
    ("ref", "argument", "values"),
    [
        (
            {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
            {"name": "arg1", "value": "park"},
            ["park"],
        ),
        (
            {"type": "ref/prompt", "name": "pipeline_review"},
            {"name": "period", "value": "this m"},
            ["this month"],
        ),
        (
            {"type": "ref/resource", "uri": "test://template/{id}/data"},
            {"name": "id", "value": "12"},
            ["12", "123"],
        ),
    ],
    ids=["prompt", "choice", "resource"],
)
def test_it_completes_an_argument(client, ref, argument, values):
    answer = client.ask("completion/complete", ref=ref, argument=argument)
    assert answer["completion"]["values"] == values


def test_an_error_of_a_tool_is_a_result(client):
    failed = client.call("test_error_handling")
    assert failed["isError"] is True
    assert "intentionally" in failed["content"][0]["text"]
    refused = client.call("search", model="res.parter")
    assert refused["isError"] is True
    assert "res.partner" in refused["content"][0]["text"]


def test_an_error_of_the_protocol_is_raised(client):
    with pytest.raises(Refusal, match="no_such_tool") as refusal:
        client.call("no_such_tool")
    assert refusal.value.code == -32602
    with pytest.raises(Refusal, match="test://nowhere"):
        client.ask("resources/read", uri="test://nowhere")
    with pytest.raises(Refusal, match="no_such_prompt"):
        client.ask("prompts/get", name="no_such_prompt")
