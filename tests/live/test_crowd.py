"""Many requests at once: every answer belongs to its question."""

from concurrent.futures import ThreadPoolExecutor

from endpoint import Endpoint

_REQUESTS = 40


def _questions(url, key, partners):
    """Ask for one partner after the other; return (id sent, id echoed, asked, read)."""
    answers = []
    with Endpoint(url, key) as endpoint:
        for number in range(_REQUESTS):
            partner = partners[number % len(partners)]
            arguments = {"model": "res.partner", "ids": [partner]}
            message = endpoint.message(
                "tools/call", {"name": "read", "arguments": arguments}
            )
            message["id"] = f"{key[:4]}-{number}" if number % 2 else number
            answer = endpoint.send(message).json()
            records = answer["result"]["structuredContent"]["records"]
            answers.append((message["id"], answer["id"], partner, records[0]["id"]))
    return answers


def test_clients_at_once_get_the_answers_to_their_own_ids(server, demo):
    found = demo.call("search", model="res.partner", limit=30)["records"]
    partners = [record["id"] for record in found]
    keys = [server.keys["demo"], server.keys["admin"]] * 2
    with ThreadPoolExecutor(len(keys)) as pool:
        asked = [
            pool.submit(_questions, server.url, key, partners[number:])
            for number, key in enumerate(keys)
        ]
        for answers in asked:
            for sent, echoed, partner, read in answers.result():
                assert (echoed, read) == (sent, partner)


def test_each_of_them_keeps_its_own_rights(server):
    params = {"name": "count", "arguments": {"model": "mail.mail"}}

    def refusals(key):
        with Endpoint(server.url, key) as endpoint:
            return {
                endpoint.ask("tools/call", params)["isError"] for _ in range(_REQUESTS)
            }

    with ThreadPoolExecutor(2) as pool:
        demo, admin = pool.map(refusals, (server.keys["demo"], server.keys["admin"]))
    assert demo == {True}
    assert admin == {False}
