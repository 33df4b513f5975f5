"""The Authorization header: Bearer and Basic, and everything that is neither."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol.credentials import BASIC, BEARER, Credentials, credentials

_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200
)
_LOGINS = _TEXTS.filter(lambda text: ":" not in text)


def basic(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return "Basic " + base64.b64encode(raw).decode()


@given(login=_LOGINS, password=_TEXTS)
def test_a_login_and_a_password_come_back_as_they_were(login, password):
    read = credentials(basic(f"{login}:{password}"))
    assert (read.scheme, read.login, read.secret) == (BASIC, login, password)
    assert read


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8))
def test_a_key_comes_back_as_it_was(key):
    expected = key if len(key) <= 512 else ""
    assert credentials(f"Bearer {key}") == Credentials(BEARER, "", expected)


@given(st.text() | st.binary().map(basic) | st.text().map("Basic {}".format))
def test_any_header_is_read_without_an_error(header):
    read = credentials(header)
    assert bool(read) == bool(read.secret)
    assert read.label.isprintable() and len(read.label) <= 130


@given(login=_LOGINS, password=st.text("abcdefgh", min_size=12))
def test_the_secret_is_not_shown(login, password):
    assert password not in repr(credentials(basic(f"user:{password}")))
    assert credentials(basic(f"{login}:{password}")).secret == password


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc"])
def test_the_scheme_is_read_in_any_case(scheme):
    assert credentials(f"{scheme}   YTpi  ") == Credentials(BASIC, "a", "b")


def test_a_password_may_have_colons():
    assert credentials(basic("a:b:c:")) == Credentials(BASIC, "a", "b:c:")


@pytest.mark.parametrize(
    "header",
    [
        *[None, "", " ", "Basic", "Basic ", "Bearer", "Bearer short", "Digest YTpi"],
        *["Basic YTpi,Basic YTpi", "Basic YTpi YTpi", " Basic YTpi", "BasicYTpi"],
        # base64 without its padding, with too much, of the other alphabet, with bits
        # that say nothing, with a line break
        *["Basic YTpiYw", "Basic YTpi====", "Basic Xz9f-_8=", "Basic YTpiYx=="],
        *["Basic YTpi\n", "Basic YT\npi", "Basic\tYTpi", "Ba\u017fic YTpi"],
        *[basic("no colon"), basic(":password"), basic("login:"), basic(":")],
        *[basic("a:b\0"), basic("a\n:b"), basic("a:\x7f"), basic("a:\u0085")],
        *[basic(b"a:\xff"), basic(b"a:\xed\xa0\x80"), basic("ä:ö".encode("latin-1"))],
        *[basic("a:" + "b" * 1600), "Bearer " + "0" * 513, "Bearer " + "ü" * 20],
    ],
)
def test_what_is_not_well_formed_is_nothing(header):
    read = credentials(header)
    assert not read
    assert (read.login, read.secret) == ("", "")


def test_a_header_of_spaces_is_read_at_once():
    assert not credentials("Basic x" + " " * 1_000_000 + "y")


def test_a_label_is_short_and_printable():
    login = "x\u202e" + "y" * 500
    label = credentials(basic(f"{login}:secret")).label
    assert label.isprintable() and len(label) < 130
