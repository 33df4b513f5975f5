"""Two databases that differ in hidden values only give the same answers.

Random lists of calls go to both, one call after the other, and what is answered has to
be equal byte for byte. By default these are the same 100 lists each time;
MCP_TEST_INTERFERENCE=<count> sends that many new ones, and the seed that pytest prints
sends the same ones again.

Left out of the comparison is what is random by nature: the time of the run, signatures
of handles (what they sign is compared), tokens, and ids of failed requests.
"""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from asking import Asker, opened
from hypothesis import strategies
from planting import PLANT
from twin_databases import SCRAMBLE

_EXPLORES = bool(os.environ.get("MCP_TEST_INTERFERENCE"))
_COUNT = int(os.environ.get("MCP_TEST_INTERFERENCE") or 100)
_MODELS = (
    *("res.partner", "crm.lead", "sale.order", "sale.order.line", "product.product"),
    *("product.template", "project.project", "project.task", "res.users"),
    *("mail.message", "mail.activity", "ir.attachment", "account.move.line"),
    *("account.move", "calendar.event", "calendar.attendee", "res.partner.industry"),
    *("sale.report", "mail.tracking.value", "res.partner.category", "mail.followers"),
)
_HANDLE = re.compile(r'(handle\\*":\s*\\*")([^"\\]+)')
_RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{32,}|<\d+\.\d+\.[^>]*>"
)


@pytest.fixture(scope="module")
def pair():
    """Callers by login of two servers whose databases differ in hidden values."""
    from bootstrap.instance import Instance
    from bootstrap.testbed import Template, Testbed

    first = Instance.clone(channels="root:0")
    first.server.configure(first.port, first.port)
    told = first.shell(PLANT)
    origin = Template(first.database, first.server.folder, first.keys)
    second = Instance(
        Testbed.current().clone(origin),
        channels="root:0",
        options={"max_cron_threads": 0},
    )
    second.server.configure(second.port, second.port)
    try:
        changed = [
            instance.shell(
                SCRAMBLE,
                twin=twin,
                user=told["users"]["clerk"],
                closed=told["ids"],
                gone=told["more_leads"],
            )
            for instance, twin in ((first, "a"), (second, "b"))
        ]
        assert changed[0] == changed[1]
        assert len(changed[0]) > 40, changed[0]
        with first, second:
            yield (
                {
                    login: [Asker(login, one.url, key) for one in (first, second)]
                    for login, key in told["keys"].items()
                },
                told,
            )
    finally:
        second.server.remove()


def _schemas(asker):
    """Return what the caller may know of the fields of each model."""
    found = {}
    for model in _MODELS:
        answer = json.loads(asker.resource(f"odoo://model/{model}/schema"))
        if "result" in answer:
            text = answer["result"]["contents"][0]["text"]
            found[model] = json.loads(text)["fields"]
    return found


class _Calls:
    """Strategies for calls of everything that there is."""

    def __init__(self, visible, all_fields, ids):
        self._visible = visible
        self._all = all_fields
        self._ids = sorted(set(ids.values()))
        self._models = sorted(all_fields)

    def lists(self):
        return strategies.lists(self.call(), min_size=3, max_size=7)

    @strategies.composite
    @staticmethod
    def _call(draw, self):
        return self._drawn(draw)

    def call(self):
        return _Calls._call(self)

    def _drawn(self, draw):
        pick = lambda values: draw(strategies.sampled_from(values))
        model = pick(self._models)
        kind = pick(
            ["search"] * 4
            + ["read", "read", "count", "count", "aggregate", "name_search"]
            + ["describe", "default_get", "create", "write", "unlink", "method"]
            + ["post", "explain", "actions", "resource", "complete"]
        )
        return getattr(self, f"_{kind}")(pick, model)

    def _field(self, pick, model):
        """Return a field's name: as a rule one that may be seen, or a path."""
        names = self._visible.get(model) if pick([True, True, False]) else None
        fields = self._all[model]
        name = pick(sorted(names or fields))
        related = fields[name].get("relation")
        if related in self._all and pick([True, False]):
            return f"{name}.{pick(sorted(self._all[related]))}"
        return name

    def _fields(self, pick, model):
        return [self._field(pick, model) for _number in range(pick([0, 1, 2, 5]))]

    def _value(self, pick):
        id = pick(self._ids)
        return pick(
            [
                *(id, [id], False, True, 0, 10, 300, "x", "Visible", "%hidden%", ""),
                *(f"a{id}@hidden.example", f"b{id}@hidden.example", f"a{id}hidden"),
                *("a", "b", "hidden", (id % 89 + 1) * 3, (id % 89 + 1) * 7, "3"),
            ]
        )

    def _domain(self, pick, model, depth=0):
        terms = []
        for _number in range(pick([0, 1, 1, 2])):
            operator = pick(
                ["=", "!=", "ilike", "=like", ">", "<=", "in", "not in", "child_of"]
                + ["parent_of", "any"]
            )
            name = self._field(pick, model)
            value = self._value(pick)
            related = self._all[model].get(name, {}).get("relation")
            if operator == "any" and related in self._all and depth < 2:
                value = self._domain(pick, related, depth + 1)
            elif operator == "any":
                operator = "="
            elif operator in ("in", "not in") and not isinstance(value, list):
                value = [value]
            terms.append([name, operator, value])
        return terms

    def _search(self, pick, model):
        order = self._field(pick, model).partition(".")[0]
        return self._tool(
            "search",
            model=model,
            domain=self._domain(pick, model),
            fields=self._fields(pick, model),
            # of records that are equal, the twins may have either first
            order=pick(["", "id", f"{order} desc, id", f"{order}, id"]),
            limit=pick([1, 5, 30]),
            offset=pick([0, 0, 2]),
            total=pick([True, False]),
        )

    def _read(self, pick, model):
        ids = [pick(self._ids), pick(self._ids)]
        fields = self._fields(pick, model)
        return self._tool("read", model=model, ids=ids, fields=fields)

    def _count(self, pick, model):
        return self._tool("count", model=model, domain=self._domain(pick, model))

    def _aggregate(self, pick, model):
        function = pick(["sum", "max", "min", "avg", "count_distinct"])
        measure = self._field(pick, model)
        return self._tool(
            "aggregate",
            model=model,
            domain=self._domain(pick, model),
            groupby=[self._field(pick, model)] if pick([True, False]) else [],
            measures=[f"{measure}:{function}"] if pick([True, False]) else [],
        )

    def _name_search(self, pick, model):
        words = ["", "a", "b", "Visible", "hidden", "a4", "b4", "@hidden.example"]
        return self._tool("name_search", model=model, name=pick(words))

    def _describe(self, pick, model):
        return self._tool("describe_model", model=model)

    def _default_get(self, pick, model):
        return self._tool("default_get", model=model)

    def _values(self, pick, model):
        partner = pick(self._ids)
        known = {
            "res.partner": {"name": "New", "city": pick(["Ghent", "Bruges"])},
            "crm.lead": {"name": "New", "partner_id": partner},
            "sale.order": {
                "partner_id": partner,
                "order_line": [{"create": {"product_id": pick(self._ids)}}],
            },
            "calendar.event": {
                "name": "New",
                "start": "2026-12-03 09:00",
                "stop": "2026-12-03 10:00",
                "partner_ids": [partner],
            },
            "project.project": {"name": "New", "partner_id": partner},
        }
        values = dict(known.get(model, {}))
        if pick([True, False, False]):
            values[self._field(pick, model).partition(".")[0]] = self._value(pick)
        return values

    def _create(self, pick, model):
        model = pick([model, "crm.lead", "sale.order", "res.partner"])
        values = self._values(pick, model)
        dry = pick([True, False])
        return self._tool("create", model=model, records=[values], dry_run=dry)

    def _write(self, pick, model):
        name = self._field(pick, model).partition(".")[0]
        return self._tool(
            "write",
            model=model,
            ids=[pick(self._ids)],
            values={name: self._value(pick)},
            dry_run=pick([True, True, False]),
        )

    def _unlink(self, pick, model):
        ids = [pick(self._ids)]
        return self._tool("unlink", model=model, ids=ids, dry_run=True)

    def _method(self, pick, model):
        model, method = pick(
            [
                ("sale.order", "action_confirm"),
                ("sale.order", "action_cancel"),
                ("sale.order", "action_draft"),
                ("sale.order", "action_quotation_send"),
                ("sale.order", "action_view_invoice"),
                ("crm.lead", "action_set_won"),
                ("crm.lead", "action_set_lost"),
                ("crm.lead", "action_new_quotation"),
                ("res.partner", "action_view_sale_order"),
                ("project.project", "action_view_tasks"),
                ("mail.activity", "action_done"),
                ("sale.order", "export_data"),
            ]
        )
        return self._tool(
            "method_call",
            model=model,
            method=method,
            ids=[pick(self._ids)],
            dry_run=pick([True, True, False]),
        )

    def _post(self, pick, model):
        dry = pick([True, False])
        id = pick(self._ids)
        return self._tool("post_message", model=model, id=id, body="New", dry_run=dry)

    def _explain(self, pick, model):
        operation = pick(["read", "write", "unlink"])
        return self._tool(
            "explain_access", model=model, operation=operation, id=pick(self._ids)
        )

    def _actions(self, pick, model):
        return self._tool("list_actions", model=model, id=pick(self._ids))

    def _resource(self, pick, model):
        uri = pick(
            [
                f"odoo://record/{model}/{pick(self._ids)}",
                f"odoo://attachment/{pick(self._ids)}",
                f"odoo://model/{model}/schema",
                f"odoo://model/{model}/access",
                "odoo://models",
            ]
        )
        return "resource", (uri,), {}

    def _complete(self, pick, model):
        template = "odoo://record/{model}/{id}"
        typed = pick(["", "a", "b", "Visible", "hidden", "@hidden"])
        return "complete", (template, "id", typed), {"model": model}

    def _tool(self, name, /, **arguments):
        return "tool", (name,), arguments


def _moments():
    """Return a pattern for times around now, in any timezone."""
    today = datetime.now(UTC)
    days = {(today + timedelta(days=days)).date().isoformat() for days in (-1, 0, 1)}
    return re.compile(rf"({'|'.join(days)})[T ]\d\d:\d\d(:\d\d)?(\.\d+)?")


def _comparable(answer, moments):
    text = _HANDLE.sub(lambda found: found[1] + opened(found[2]), answer)
    return moments.sub("now", _RANDOM.sub("random", text))


def test_hidden_values_change_no_answer(pair):
    askers, told = pair
    # of both, so that both number their requests alike
    all_fields, _same = map(_schemas, askers["free"])
    visible, same = map(_schemas, askers["clerk"])
    assert visible == same
    calls = _Calls(visible, all_fields, told["ids"] | told["users"])
    moments = _moments()
    sent = {"sequences": 0, "calls": 0}

    with ThreadPoolExecutor(2) as both:

        @hypothesis.settings(
            max_examples=_COUNT,
            derandomize=not _EXPLORES,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(
            login=strategies.sampled_from(["clerk", "clerk", "boss"]),
            sequence=calls.lists(),
        )
        def compare(login, sequence):
            sent["sequences"] += 1
            for kind, positional, named in sequence:
                sent["calls"] += 1

                def ask(asker, kind=kind, positional=positional, named=named):
                    return getattr(asker, kind)(*positional, **named)

                first, second = both.map(ask, askers[login])
                first, second = (
                    _comparable(answer, moments) for answer in (first, second)
                )
                assert first == second, (login, kind, positional, named)

        compare()
    assert sent["sequences"] >= _COUNT
