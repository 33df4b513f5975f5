"""Nothing that is hidden comes out, whichever way it is asked for.

Each way is tried by one who sees what is hidden, or it would prove nothing, and by two
from whom it is hidden: a clerk, and somebody who may do everything in Odoo.
"""

import json

import pytest
from asking import canaries
from probes import GUESSED, SHOWN, TOLD


def _filled(value, ids, sought=None):
    """Return a call of the tables with what stands for ids and values filled in."""
    if isinstance(value, dict):
        return {key: _filled(member, ids, sought) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_filled(member, ids, sought) for member in value)
    if value == "@value":
        return _filled(sought, ids)
    if isinstance(value, str) and value.startswith("@"):
        return ids[value[1:]]
    if isinstance(value, str) and "@value" in value:
        return value.replace("@value", str(sought))
    if isinstance(value, str) and value.startswith("odoo://") and "@" in value:
        address, _at, name = value.partition("@")
        return f"{address}{ids[name]}"
    return value


def _ask(asker, call, ids, sought=None):
    kind, positional, named = _filled(call, ids, sought)
    return getattr(asker, kind)(*positional, **named)


def _without(answer, *texts):
    """Return an answer without its number and what was asked for."""
    answer = json.loads(answer)
    answer.pop("id")
    text = json.dumps(answer, sort_keys=True)
    for sought in texts:
        text = text.replace(str(sought), "…").replace(str(sought).lower(), "…")
    return text


def _held(house):
    return house.clerk, house.boss


@pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in SHOWN])
def test_hidden_values_are_not_shown_by(house, call):
    assert canaries(_ask(house.free, call, house.ids))
    for asker in _held(house):
        answer = _ask(asker, call, house.ids)
        assert not canaries(answer), (asker.login, canaries(answer), answer[:1500])


@pytest.mark.parametrize(
    ("call", "word"), [pytest.param(call, word, id=name) for name, call, word in TOLD]
)
def test_what_is_hidden_is_not_told_of_by(house, call, word):
    assert word in _ask(house.free, call, house.ids)
    for asker in _held(house):
        answer = _ask(asker, call, house.ids)
        assert word not in answer, (asker.login, answer[:1500])
        assert not canaries(answer)


@pytest.mark.parametrize(
    ("call", "right", "wrong"),
    [pytest.param(*rest, id=name) for name, *rest in GUESSED],
)
def test_hidden_values_are_not_guessed_by(house, call, right, wrong):
    def answers(asker):
        values = [_filled(value, house.ids) for value in (right, wrong)]
        for value in values:
            yield _without(_ask(asker, call, house.ids, value), *values)

    first, second = answers(house.free)
    assert first != second, first
    for asker in _held(house):
        first, second = answers(asker)
        assert first == second, asker.login
