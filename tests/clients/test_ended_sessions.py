"""A session ends behind a client's back: the client begins again and goes on."""

import pytest
from client import Refusal


@pytest.mark.parametrize("end", ["expire", "terminate"])
def test_after_its_session_a_client_connects_again_and_goes_on(
    client, kind, sessions, end
):
    assert _works(client)
    getattr(sessions, end)()
    if kind.has_sessions and not kind.renews:
        with pytest.raises(Refusal, match="[Ss]ession") as refusal:
            client.call("count", model="res.partner")
        # by HTTP, or by the body where the client reads that
        assert refusal.value.status == 404 or refusal.value.code == -32001
        client.connect()
    assert _works(client)
    assert _works(client)


def test_a_modern_client_has_no_session_that_could_end(client, kind, sessions):
    assert _works(client)
    assert bool(sessions.opened_by(kind.name)) == kind.has_sessions


def _works(client):
    answer = client.call("count", model="res.partner")
    return answer["structuredContent"]["count"] > 3
