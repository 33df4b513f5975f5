"""One server, and people who come in by both doors: MCP and Odoo's own API."""

import os
from dataclasses import dataclass, field

import pytest
from endpoint import Endpoint
from json2 import Json2

#: Who calls, with groups besides those of demo data: a salesman sees his own documents.
_POOR = ("base.group_user", "mcp_core.group_user", "sales_team.group_sale_salesman")

_PREPARE = '''
def main(env, poor):
    """Return keys by login, contexts, and what there is to be asked for."""
    groups = [(6, 0, [env.ref(name).id for name in poor])]
    values = {"name": "Poor", "login": "poor", "group_ids": groups}
    env["res.users"].with_context(no_reset_password=True).create(values)
    people = {}
    for login in ("admin", "demo", "poor"):
        user = env["res.users"].search([("login", "=", login)])
        context = dict(user.with_user(user).context_get())
        context.pop("uid", None)
        context["allowed_company_ids"] = user.company_id.ids
        keys = env["res.users.apikeys"].with_user(user).sudo()
        people[login] = {
            "id": user.id,
            "key": keys._generate(None, "differential", None),
            "context": context,
        }
    models = {}
    for name, model in env.items():
        if model._abstract or model._transient or not model._auto:
            continue
        fields = {}
        for field in model._fields.values():
            described = {"type": field.type, "store": bool(field.store)}
            if field.relational:
                described["relation"] = field.comodel_name
            if field.type == "selection":
                described["selection"] = list(field.get_values(env))
            fields[field.name] = described
            described["readonly"] = bool(field.readonly)
            described["groupable"] = bool(field.store and field.column_type)
        ids = model.sudo().with_context(active_test=False).search([], limit=12).ids
        models[name] = {"fields": fields, "ids": ids}
    return {"people": people, "models": models}
'''


@dataclass(frozen=True, slots=True)
class Person:
    """One user at both doors.

    mcp: an Endpoint; json2: a Json2
    """

    login: str
    id: int
    mcp: Endpoint
    json2: Json2


@dataclass(frozen=True, slots=True)
class House:
    """The server.

    prepared: of each person id, key and context; models: their fields and some ids;
    alike: by model the fields that twins have in common, as they become known
    """

    instance: object
    prepared: dict
    models: dict
    alike: dict = field(default_factory=dict)

    def person(self, login):
        """Return a new :class:`Person`; the caller closes both doors."""
        told = self.prepared[login]
        instance = self.instance
        return Person(
            login,
            told["id"],
            Endpoint(instance.url, told["key"]),
            Json2(instance.web_url, instance.database, told["key"], told["context"]),
        )


@pytest.fixture(scope="session")
def house():
    from bootstrap.instance import Instance

    with Instance.clone(workers=2, channels="root:0") as instance:
        told = instance.shell(_PREPARE, poor=_POOR)
        yield House(instance, told["people"], told["models"])


@pytest.fixture(scope="session")
def count():
    """How many cases are tried: MCP_TEST_DIFFERENTIAL, 1,500 by default."""
    return int(os.environ.get("MCP_TEST_DIFFERENTIAL") or 1500)
