"""What is changed through MCP becomes what Odoo's own API makes of it, or stays."""

from datetime import datetime, timedelta

from answers import clean
from cases import are_all, run
from changes import Changes
from json2 import Refused
from twins import Nursery, Twins

#: Between one twin and the other the clock goes on.
_MEANWHILE = timedelta(minutes=2)


def test_each_change_is_that_of_odoos_own_api_or_none(house, count, seed, tell):
    count //= 3
    users = sorted(told["id"] for told in house.prepared.values())

    def compare(draw, people):
        person = people[draw.choice(["demo", "poor"])]
        nursery = Nursery(house, people["admin"])
        changes = Changes(draw, house.models, users)
        verdict, case = _tried(nursery, person, changes, draw)
        return verdict, f"{person.login}: {case}"

    verdicts, wrong = run(house, "write", count, seed, compare)
    tell(f"differential: writes, seed {seed}: {dict(verdicts)}")
    assert not wrong, wrong
    if are_all(verdicts, count):
        assert verdicts["same"] > count / 8
        assert verdicts["refused by both"] > count / 20


def _tried(nursery, person, changes, draw):
    """Return a verdict on one change, and which it was."""
    model = draw.choice(nursery.models)
    owner = draw.choice(["demo", "poor", "admin"])
    kind = draw.choice(["create", "write", "write", "write", "unlink"])
    if kind == "create":
        return _created(nursery, person, changes, model, owner)
    try:
        twins = nursery.twins(model, owner)
    except Refused:
        return "no twins", model
    try:
        before = nursery.seen(model, twins.second)
        if nursery.seen(model, twins.first) != before:
            # what is unlike from the beginning is nothing to go by
            return "no twins", model
        if kind == "unlink":
            ours, theirs, their_call = {}, {}, "unlink"
        else:
            ours, theirs = changes.values(model)
            their_call = "write"
        what = f"{kind} {model} of {owner}: {ours}"
        refusal = _theirs(
            person, model, their_call, ids=[twins.first], **theirs and {"vals": theirs}
        )[1]
        arguments = {"model": model, "ids": [twins.second]}
        arguments |= {"values": ours} if kind == "write" else {}
        answered, refused = _ours(person, kind, arguments)
        after = nursery.seen(model, twins.second)
        verdict = _judged(refusal, refused, answered)
        if verdict.startswith(("WRONG", "failed")):
            return verdict, what
        if refused:
            unchanged = after == before
            return verdict if unchanged else "WRONG: refused, but changed", what
        return _compared(nursery, twins), what
    finally:
        nursery.forget(model, twins.first, twins.second)


def _created(nursery, person, changes, model, owner):
    ours, theirs = changes.values(model)
    given = nursery.values(model, owner)
    theirs = given | theirs
    ours = changes.as_ours(model, given) | ours
    what = f"create {model}: {ours}"
    ids, refusal = _theirs(person, model, "create", vals_list=[theirs])
    answered, refused = _ours(person, "create", {"model": model, "records": [ours]})
    made = [record["id"] for record in (answered or {}).get("records", ())]
    try:
        verdict = _judged(refusal, refused, answered)
        if verdict != "same":
            return verdict, what
        return _compared(nursery, Twins(model, ids[0], made[0], owner)), what
    finally:
        nursery.forget(model, *(ids or ()), *made)


def _theirs(person, model, method, **arguments):
    try:
        return person.json2.call(model, method, **arguments), None
    except Refused as refusal:
        return None, refusal


def _ours(person, tool, arguments):
    result = person.mcp.ask("tools/call", {"name": tool, "arguments": arguments})
    if result["isError"]:
        return None, result["content"][0]["text"]
    return result["structuredContent"], None


def _judged(refusal, refused, answered):
    if (
        refused
        and "error in Odoo" in refused
        and (refusal is None or refusal.is_denied)
    ):
        return f"WRONG: {refused}"
    if refusal and refused:
        return "refused by both"
    if refused:
        return "refused by MCP"
    if refusal:
        if refusal.is_denied:
            return f"WRONG: Odoo refuses ({refusal}), MCP answers {answered}"
        return f"failed in Odoo: {refusal}"
    return "same"


def _compared(nursery, twins):
    """Return a verdict on two records that were changed, each through its door."""
    first = nursery.seen(twins.model, twins.first)
    second = nursery.seen(twins.model, twins.second)
    if (first is None) != (second is None):
        return f"WRONG: one is there, the other is not: {first} {second}"
    for name in first or ():
        one, other = first[name], second[name]
        if not (_are_alike(one, other) or nursery.came_along(twins, name, one, other)):
            return f"WRONG: {name}: Odoo's own {one!r}, through MCP {other!r}"
    return "same"


def _are_alike(one, other):
    """Whether two values are the same, but for what is not seen and for the time."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _are_alike(one[key], other[key]) for key in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_are_alike, one, other))
    if isinstance(one, str) and isinstance(other, str):
        one, other = clean(one), clean(other)
    return one == other or _is_about_now(one, other)


def _is_about_now(*moments):
    try:
        first, second = (datetime.fromisoformat(moment) for moment in moments)
    except (TypeError, ValueError):
        return False
    return abs(first - second) < _MEANWHILE
