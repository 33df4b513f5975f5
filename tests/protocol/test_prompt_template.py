"""Templates of prompts: one pass, nothing evaluated, nothing lost."""

import pytest
import template
from hypothesis import given
from hypothesis import strategies as st

_NAMES = st.from_regex(template.NAME, fullmatch=True)
_VALUES = st.dictionaries(_NAMES, st.text(), min_size=1, max_size=5)


@given(st.text(), _VALUES)
def test_any_text_can_be_written_as_a_template(text, values):
    assert template.render(template.escape(text), values) == text
    assert template.names(template.escape(text)) == frozenset()


@given(st.lists(st.tuples(st.text(), _NAMES)), _VALUES)
def test_values_are_put_in_as_they_are(parts, values):
    text = "".join(f"{template.escape(before)}{{{name}}}" for before, name in parts)
    expected = "".join(before + values.get(name, "") for before, name in parts)
    assert template.render(text, values) == expected
    assert template.length(text, values) == len(expected)
    assert template.names(text) == {name for _before, name in parts}


@given(_VALUES)
def test_a_value_that_looks_like_a_placeholder_stays_text(values):
    for name in values:
        hostile = {other: f"{{{name}}}{{{{x}}}}" for other in values}
        assert template.render(f"{{{name}}}", hostile) == hostile[name]


@given(st.text(alphabet="{}ab. ", max_size=30))
def test_a_text_is_a_template_or_the_mistake_is_shown(text):
    try:
        parts = template.parse(text)
    except template.TemplateError as error:
        assert text[error.position :].startswith(error.found)
    else:
        written = "".join(
            template.escape(part) if isinstance(part, str) else f"{{{part.name}}}"
            for part in parts
        )
        assert template.parse(written) == parts


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{}",
        "{a.b}",
        "{a[0]}",
        "{a!r}",
        "{a:>9}",
        "{0}",
        "{a",
        "a}",
        "{é}",
        "{{a}",
        "{ a }",
        "{__class__.x}",
    ],
)
def test_expressions_and_lone_braces_are_refused(text):
    with pytest.raises(template.TemplateError):
        template.parse(text)


@given(_VALUES)
def test_values_in_addresses_are_quoted_each(values):
    text = "odoo://record/" + "/".join(f"{{{name}}}" for name in values)
    rendered = template.render(text, values, quote=lambda value: f"<{len(value)}>")
    assert rendered == "odoo://record/" + "/".join(
        f"<{len(value)}>" for value in values.values()
    )
