"""URI templates (RFC 6570), in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol.uri_template import InvalidTemplate, UriTemplate

_VALUES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
)


@given(model=_VALUES, identifier=_VALUES)
def test_what_is_expanded_is_matched_again(model, identifier):
    template = UriTemplate("odoo://record/{model}/{id}")
    values = {"model": model, "id": identifier}
    assert template.match(template.expand(values)) == values


@given(path=st.from_regex(r"[a-z]+(/[a-z ]+)*", fullmatch=True))
def test_a_reserved_variable_spans_slashes(path):
    template = UriTemplate("odoo://{kind}/{+path}")
    values = {"kind": "file", "path": path}
    assert template.match(template.expand(values)) == values


@given(st.text())
def test_any_text_matches_or_does_not(uri):
    values = UriTemplate("a:{x}/{+y}").match(uri)
    assert values is None or set(values) == {"x", "y"}


@pytest.mark.parametrize(
    "uri", ["a:/b", "a:b", "a:b/c?d", "a:b/c#d", "x:b/c", "a:%ff/c", "a:%00/c", ""]
)
def test_what_does_not_fit_is_no_match(uri):
    assert UriTemplate("a:{x}/{y}").match(uri) is None


@pytest.mark.parametrize("text", ["{", "}", "{a}{a}", "{a,b}", "{?a}", "{}", "{1}"])
def test_a_malformed_template_is_refused(text):
    with pytest.raises(InvalidTemplate):
        UriTemplate(text)
