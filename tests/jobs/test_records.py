"""Jobs that create and change records."""

import re
import socket
import time
import uuid
from urllib.parse import urlsplit

from endpoint import MODERN, Endpoint
from raw import whole_request


def test_a_lead_with_tags(job):
    worker = job(
        "Create a lead: Rooftop garden. Tag it Design, and the ing one about training:"
        " Training"
    )
    model = worker.call("list_models", words="lead", limit=3)["models"][0]["model"]
    about = worker.call("describe_model", model=model)["fields"]
    assert about["tag_ids"]["relation"] == "crm.tag"
    lead = {"name": "Rooftop garden", "type": "lead", "tag_ids": ["Design", "ing"]}
    refusal = worker.refused("create", model=model, records=[lead])
    # nothing is guessed: the candidates are told with their ids
    candidates = {name: int(id) for id, name in re.findall(r"(\d+) \((.+?)\)", refusal)}
    lead["tag_ids"] = ["Design", candidates["Training"]]
    assert len(candidates) > 1
    [made] = worker.call("create", model=model, records=[lead])["records"]
    [read] = worker.call(
        "read", model=model, ids=[made["id"]], fields=["name", "tag_ids.name"]
    )["records"]
    assert {tag["name"] for tag in read["tag_ids"]} == {"Design", "Training"}


def test_a_meeting_over_the_change_of_clocks(job):
    worker = job(
        "Move the meeting Requirements review to 2027-03-28 02:30, at 2027-03-28 09:00"
        " if that can't be; it ends at 10:00. Then again to 2027-10-31 02:30, the"
        " earlier, until 2027-10-31 04:00."
    )
    model = worker.call("list_models", words="meeting", limit=3)["models"][0]["model"]
    about = worker.call("describe_model", model=model)["fields"]
    assert about["start"]["type"] == about["stop"]["type"] == "datetime"
    [meeting] = worker.call(
        "search",
        model=model,
        domain=[["name", "=", "Requirements review"]],
        fields=["start", "stop"],
        limit=1,
    )["records"]

    def moved(start, stop):
        values = {"start": start, "stop": stop}
        worker.call("write", model=model, ids=[meeting["id"]], values=values)
        [read] = worker.call(
            "read", model=model, ids=[meeting["id"]], fields=["start", "stop"]
        )["records"]
        return read["start"], read["stop"]

    values = {"start": "2027-03-28 02:30", "stop": "2027-03-28 10:00"}
    refusal = worker.refused("write", model=model, ids=[meeting["id"]], values=values)
    assert "does not exist" in refusal
    times = moved("2027-03-28 09:00", "2027-03-28 10:00")
    assert times == ("2027-03-28T09:00:00+02:00", "2027-03-28T10:00:00+02:00")
    values = {"start": "2027-10-31 02:30", "stop": "2027-10-31 04:00"}
    refusal = worker.refused("write", model=model, ids=[meeting["id"]], values=values)
    earlier, later = re.findall(r"2027-10-31T02:30:00\+0\d:00", refusal)
    times = moved(earlier, "2027-10-31 04:00")
    assert times == (earlier, "2027-10-31T04:00:00+01:00")
    assert (earlier[-6:], later[-6:]) == ("+02:00", "+01:00")


def test_a_contact_archived_and_found_again(job):
    worker = job("Archive the contact Wood Corner. Is it still there? Bring it back.")
    model = worker.call("list_models", words="contact", limit=3)["models"][0]["model"]
    active = worker.call("describe_model", model=model)["active_field"]
    [contact] = worker.call("name_search", model=model, name="Wood Corner", limit=1)[
        "records"
    ]
    ids = [contact["id"]]
    worker.call("write", model=model, ids=ids, values={active: False})
    gone = worker.call("name_search", model=model, name="Wood Corner", limit=1)
    assert contact not in gone["records"]
    named = ["name", "=", "Wood Corner"]
    [found] = worker.call(
        "search", model=model, domain=[named, [active, "=", False]], fields=[active]
    )["records"]
    assert found["id"] == contact["id"]
    worker.call("write", model=model, ids=ids, values={active: True})
    found = worker.call("search", model=model, domain=[named], fields=["name"])
    assert contact["id"] in [record["id"] for record in found["records"]]


def test_a_file_on_a_contact(job):
    text = "Open on weekdays, closed on Sunday. Ring twice!"
    worker = job(f"Attach a file hours.txt to Acme Corporation: {text} Read it back.")
    contacts = worker.call("list_models", words="contact", limit=3)["models"][0]
    [contact] = worker.call(
        "name_search", model=contacts["model"], name="Acme Corporation", limit=1
    )["records"]
    files = worker.call("list_models", words="attachment", limit=3)["models"][0]
    about = worker.call("describe_model", model=files["model"], words="res raw name")
    assert {"res_model", "res_id", "raw"} <= set(about["fields"])
    record = {
        "name": "hours.txt",
        "res_model": contacts["model"],
        "res_id": contact["id"],
        "raw": {"text": text},
    }
    [made] = worker.call("create", model=files["model"], records=[record])["records"]
    [found] = worker.call(
        "search",
        model=files["model"],
        domain=[["res_model", "=", contacts["model"]], ["res_id", "=", contact["id"]]],
        fields=["name"],
        limit=1,
        order="id desc",
    )["records"]
    assert found == {"id": made["id"], "name": "hours.txt"}
    [block] = worker.blocks(
        "read", model=files["model"], ids=[made["id"]], fields=["raw"], files=True
    )
    assert block.resource.text == text
    assert block.resource.mime_type == "text/plain"


def test_a_note_in_the_chatter(job):
    note = "Called back: they want it <blue> & by Friday"
    worker = job(f"Leave a note with the newest lead: {note} Read it again.")
    model = worker.call("list_models", words="lead", limit=3)["models"][0]["model"]
    about = worker.call("describe_model", model=model, words="message")
    assert about["chatter"] is True
    [lead] = worker.call("search", model=model, fields=["name"], limit=1)["records"]
    posted = worker.call("post_message", model=model, id=lead["id"], body=note)
    messages = about["fields"]["message_ids"]["relation"]
    worker.call("describe_model", model=messages, words="body")
    [read] = worker.call("read", model=messages, ids=[posted["id"]], fields=["body"])[
        "records"
    ]
    assert read["body"].strip() == note
    [read] = worker.call("read", model=model, ids=[lead["id"]], fields=["message_ids"])[
        "records"
    ]
    assert posted["id"] in read["message_ids"]


def test_a_contact_made_once_over_a_lost_connection(job, company):
    name = f"Wanderer {uuid.uuid4().hex}"
    worker = job(f"Create the contact {name}.")
    key = str(uuid.uuid4())
    model = worker.call("list_models", words="contact", limit=3)["models"][0]["model"]
    worker.call("describe_model", model=model, words="name")
    arguments = {
        "model": model,
        "records": [{"name": name}],
        "idempotency_key": key,
    }
    # the connection dies with the answer on its way, and once more
    for patience in (0.0, 0.05):
        _send_and_hang_up(company, "create", arguments, patience)
    answers = [worker.call("create", **arguments) for _ in range(2)]
    assert answers[0] == answers[1]
    condition = {"model": model, "domain": [["name", "=", name]]}
    assert worker.call("count", **condition) == {"count": 1}


def _send_and_hang_up(company, tool, arguments, patience):
    address = urlsplit(company.url)
    with Endpoint(company.url, company.keys["admin"]) as caller:
        params = {"name": tool, "arguments": arguments}
        message = caller.message("tools/call", params, MODERN)
        request = whole_request(
            caller, message, revision=MODERN, mcp_method="tools/call", mcp_name=tool
        )
    wire = socket.create_connection((address.hostname, address.port))
    with wire:
        wire.sendall(request)
        time.sleep(patience)
        # a reset, not a farewell
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
