"""Content negotiation: who can read application/json is answered (RFC 9110, 12.5.1)."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol.errors import NotAcceptable
from protocol.headers import check_accept

_READABLE = [
    "application/json",
    "application/json, text/event-stream",
    "text/event-stream,application/json;q=0.1",
    "text/html, */*;q=0.8",
    "application/*",
    "APPLICATION/JSON",
    " application/json ; charset=utf-8 ",
    "application/json;q=1.0",
    "application/json;q=0.001",
]
_UNREADABLE = [
    "",
    "text/event-stream",
    "text/html, text/*",
    "application/jsonp",
    "application/xml",
    "application/json;q=0",
    "application/json; q=0.000, text/event-stream",
    "*/*;Q=0.0",
    ",;,",
]


@pytest.mark.parametrize("accept", [None, *_READABLE])
def test_a_client_that_reads_json_is_accepted(accept):
    check_accept(accept)


@pytest.mark.parametrize("accept", _UNREADABLE)
def test_a_client_that_cannot_read_json_is_told_what_to_send(accept):
    with pytest.raises(NotAcceptable, match="application/json") as refusal:
        check_accept(accept)
    assert refusal.value.http_status == 406


@given(
    st.lists(st.sampled_from(_UNREADABLE)),
    st.lists(st.sampled_from(_READABLE), max_size=1),
    st.randoms(),
)
def test_one_readable_type_is_enough_wherever_it_stands(unreadable, readable, random):
    ranges = unreadable + readable
    random.shuffle(ranges)
    if readable:
        check_accept(",".join(ranges))
    else:
        with pytest.raises(NotAcceptable):
            check_accept(",".join(ranges))


@given(st.text())
def test_no_accept_header_does_worse_than_a_406(accept):
    with contextlib.suppress(NotAcceptable):
        check_accept(accept)
