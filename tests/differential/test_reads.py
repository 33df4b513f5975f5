"""What is read through MCP is what Odoo's own API gives the same user, or less."""

from dataclasses import replace

from answers import clean, same
from cases import are_all, run
from json2 import Refused
from queries import ALL, FILTERED_LATE, Questions

_TOLD = 1e-6


def test_each_answer_is_that_of_odoos_own_api_or_a_refusal(house, count, seed, tell):
    count = count * 2 // 3

    def compare(draw, people):
        person = people[draw.choice(["demo", "poor"])]
        query = Questions(draw, house.models).query()
        verdict = _compared(house, person, query)
        return verdict, f"{person.login}: {query.tool} {query.arguments}"

    verdicts, wrong = run(house, "read", count, seed, compare)
    tell(f"differential: reads, seed {seed}: {dict(verdicts)}")
    assert not wrong, wrong
    if are_all(verdicts, count):
        # it is no comparison where everything is refused
        assert verdicts["same"] > count / 4


def _compared(house, person, query):
    theirs, refusal = _theirs(person, query)
    result = person.mcp.ask(
        "tools/call", {"name": query.tool, "arguments": query.arguments}
    )
    if result["isError"]:
        text = result["content"][0]["text"]
        if "error in Odoo" in text and (refusal is None or refusal.is_denied):
            return f"WRONG: {text}"
        return "refused by both" if refusal else "refused by MCP"
    ours = result["structuredContent"]
    if refusal:
        if query.tool == "read":
            return _readable(house, person, query, ours)
        denied = refusal.is_denied
        return f"WRONG: Odoo refuses ({refusal})" if denied else "failed in Odoo"
    if ours.get("not_found"):
        # of some that are not there Odoo reads the others differently
        query.parameters["ids"] = [record["id"] for record in ours["records"]]
        theirs, _refusal = _theirs(person, query) if ours["records"] else ([], None)
    difference = _difference(house, person, query, ours, theirs)
    if difference:
        again, refusal = _theirs(person, query)
        if refusal or again != theirs:
            return "changes by itself"
        return f"WRONG: {difference}"
    return "same"


def _theirs(person, query):
    try:
        answer = person.json2.call(query.model, query.method, **query.parameters)
    except Refused as refusal:
        return None, refusal
    return answer, None


def _readable(house, person, query, ours):
    """Whatever MCP read of a part, Odoo's API reads as well."""
    ids = [record["id"] for record in ours["records"]]
    if not ids:
        return "refused by both"
    try:
        parameters = query.parameters | {"ids": ids}
        person.json2.call(query.model, query.method, **parameters)
    except Refused as refusal:
        if not refusal.is_denied:
            return "failed in Odoo"
        if _is_found(house, person, query, ours, ids):
            return "same"
        return f"WRONG: Odoo refuses {ids} ({refusal})"
    return "same" if set(ids) < set(query.parameters["ids"]) else "WRONG: read more"


def _is_found(house, person, query, ours, ids):
    """Return whether Odoo's API finds the same where it does not read it.

    Before it reads, Odoo checks rules, and remembers all companies of a user along the
    way: those that the reader may not see are then refused instead of left out.
    """
    found = replace(
        query,
        method="search_read",
        parameters={
            "domain": [["id", "in", ids]],
            "fields": query.names,
            "context": {"active_test": False},
        },
    )
    theirs, refusal = _theirs(person, found)
    if refusal:
        return False
    theirs = sorted(theirs, key=lambda record: ids.index(record["id"]))
    return not _records_differ(house.models[query.model]["fields"], query, ours, theirs)


def _difference(house, person, query, ours, theirs):
    """Return what differs, in words, or nothing."""
    if query.tool == "count":
        return None if ours["count"] == theirs else f"{ours['count']} is not {theirs}"
    if query.tool == "name_search":
        return _names_differ(person, query, ours, theirs)
    if query.tool == "aggregate":
        return _sums_differ(query, ours, theirs)
    return _records_differ(house.models[query.model]["fields"], query, ours, theirs)


def _names_differ(person, query, ours, theirs):
    named = [[record["id"], record["name"]] for record in ours["records"]]
    theirs = [[id_, _called(name)] for id_, name in theirs]
    theirs = theirs[: query.arguments["limit"]]
    if named == theirs:
        return None
    if [name for _, name in named] == [name for _, name in theirs]:
        # of the same name, in an order that the model leaves open
        whole = replace(query, parameters=query.parameters | {"limit": ALL})
        everything, _refusal = _theirs(person, whole)
        known = [[id_, _called(name)] for id_, name in everything]
        if len(named) == len({id_ for id_, _ in named}) and all(
            record in known for record in named
        ):
            return None
    return f"{named} is not {theirs}"


def _called(name):
    """Return a name as MCP tells it: one short line."""
    line = " ".join(clean(name or "").split())
    return f"{line[:120]}…" if len(line) > 120 else line


def _records_differ(fields, query, ours, theirs):
    records = ours["records"]
    if query.tool == "search":
        if query.model in FILTERED_LATE:
            theirs = theirs[query.arguments["offset"] :]
        theirs = theirs[: query.arguments["limit"]]
    if "cut" in ours:
        theirs = theirs[: len(records)]
    our_ids = [record["id"] for record in records]
    their_ids = [record["id"] for record in theirs]
    if our_ids != their_ids:
        return f"records {our_ids} are not {their_ids}"
    if "cut" in ours:
        return None
    for record, other in zip(records, theirs, strict=True):
        for name in query.names:
            if not same(fields[name]["type"], record[name], other[name]):
                return (
                    f"{name} of {record['id']} ({fields[name]['type']}): "
                    f"{record[name]!r} is not {other[name]!r}"
                )
    return None


def _sums_differ(query, ours, theirs):
    if ours["has_more"]:
        return None

    def rows(groups):
        return sorted(
            [group["__count"], *(group[name] or 0 for name in query.names)]
            for group in groups
        )

    mine, other = rows(ours["groups"]), rows(theirs)
    if len(mine) == len(other) and all(
        abs(one - two) <= _TOLD * max(1, abs(two))
        for left, right in zip(mine, other, strict=True)
        for one, two in zip(left, right, strict=True)
    ):
        return None
    return f"groups {mine} are not {other}"
