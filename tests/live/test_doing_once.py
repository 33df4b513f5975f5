"""Changes that several workers are asked for at the same time, or twice."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from endpoint import Endpoint

_AT_ONCE = 8


def _create(server, records, **arguments):
    with Endpoint(server.url, server.keys["admin"]) as endpoint:
        return endpoint.call(
            "create", model="res.partner", records=records, **arguments
        )


def _at_once(server, *calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        asked = [pool.submit(_create, server, *call[0], **call[1]) for call in calls]
        return [call.result() for call in asked]


def test_the_same_key_at_the_same_time_makes_one_record(server, admin):
    name = f"once {uuid.uuid4()}"
    call = ([[{"name": name}]], {"idempotency_key": name})
    answers = _at_once(server, *[call] * _AT_ONCE)
    assert all(answer == answers[0] for answer in answers)
    found = admin.call("search", model="res.partner", domain=[["name", "=", name]])
    assert len(found["records"]) == 1


def test_different_keys_at_the_same_time_make_their_own_records(server, admin):
    name = f"many {uuid.uuid4()}"
    _at_once(
        server,
        *(
            ([[{"name": name}]], {"idempotency_key": f"{name} {number}"})
            for number in range(_AT_ONCE)
        ),
    )
    domain = [["name", "=", name]]
    assert admin.call("count", model="res.partner", domain=domain)["count"] == _AT_ONCE


def test_a_dry_run_keeps_nothing_on_a_real_server(server, admin):
    name = f"never {uuid.uuid4()}"
    answer = _create(server, [{"name": name}], dry_run=True)
    assert answer["created"][0]["name"] == name
    domain = [["name", "=", name]]
    assert admin.call("count", model="res.partner", domain=domain)["count"] == 0


def test_a_message_is_written_in_the_chatter_as_text(admin):
    [partner] = admin.call("search", model="res.partner", limit=1)["records"]
    body = f"<b>not bold</b> {uuid.uuid4()}"
    posted = admin.call(
        "post_message", model="res.partner", id=partner["id"], body=body
    )
    [message] = admin.call(
        "read", model="mail.message", ids=[posted["id"]], fields=["body", "res_id"]
    )["records"]
    assert message["body"] == body
    assert message["res_id"] == partner["id"]
    refusal = admin.failed_call("post_message", model="res.country", id=1, body="x")
    assert "no chatter" in refusal
