"""Whoever installs only some of the addons: they work, are updated, and leave."""

import pytest
from endpoint import LATEST_LEGACY, MODERN

_CORE, _SECURITY, _PROMPTS, _AUDIT = (
    "mcp_core",
    "mcp_security",
    "mcp_prompts",
    "mcp_audit",
)
SUBSETS = [
    (_CORE,),
    (_CORE, _SECURITY),
    (_CORE, _PROMPTS),
    (_CORE, _AUDIT),
    (_CORE, _SECURITY, _PROMPTS, _AUDIT),
]
_names = pytest.mark.parametrize(
    "subset", SUBSETS, indirect=True, ids=lambda addons: "+".join(addons)
)


def _check(client, subset):
    """See that each of the addons does what it is there for, and no other does."""
    for revision in (LATEST_LEGACY, MODERN):
        tools = {
            tool["name"] for tool in client.ask("tools/list", {}, revision)["tools"]
        }
        assert {"search", "create", "list_models"} <= tools
    created = client.call("create", model="res.partner", records=[{"name": "Somebody"}])
    partner = created["records"][0]["id"]
    found = client.call("read", model="res.partner", ids=[partner], fields=["name"])
    assert found["records"] == [{"id": partner, "name": "Somebody"}]

    prompts = client.post("prompts/list", {})
    if _PROMPTS in subset.addons:
        assert len(prompts.json()["result"]["prompts"]) == 8
    else:
        assert prompts.json()["error"]["code"] == -32601

    told = client.post("ping", {}).headers
    assert ("ratelimit" in told) == (_SECURITY in subset.addons), dict(told)

    if _AUDIT in subset.addons:
        (count,) = subset.rows(
            "SELECT count(*) FROM mcp_audit_event WHERE tool = 'create'"
            " AND kind = 'request.finished' AND outcome = 'success'"
        )
        assert count > (0,)


@_names
def test_a_subset_works_is_updated_and_leaves_nothing(subset):
    subset.install()
    with subset.serving() as client:
        _check(client, subset)
    subset.update()
    with subset.serving() as client:
        _check(client, subset)
    # those on top leave first, the others work without them
    for addon in subset.addons[:0:-1]:
        subset.uninstall(addon)
        subset.addons = tuple(name for name in subset.addons if name != addon)
        with subset.serving() as client:
            _check(client, subset)
    subset.uninstall(_CORE)
    assert subset.left() == {}
    with subset.serving() as client:
        # loaded for all databases, it says that this one has no server
        answer = client.post("tools/list", {}, MODERN)
        assert 400 <= answer.status_code < 500
        assert answer.json()["error"]["message"]
