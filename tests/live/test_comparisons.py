"""Every operator with every kind of value on every kind of field: a result or words."""

import itertools
import random

import pytest

_OPERATORS = [
    *("=", "!=", "<", "<=", ">", ">=", "in", "not in", "like", "not like", "ilike"),
    *("not ilike", "=like", "=ilike", "not =like", "child_of", "parent_of", "any"),
]
_VALUES = [
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63 - 1, 1e308),
    *("", "1", "azure", "%", "a\\"),
    *("2024-02-30", "2024-02-29", "2024-02-29 25:00:00", "0001-01-01", "99999-01-01"),
    *([], [1], ["a"], [True, False], [None], [1, "a"], [2**40], [1.5]),
]
_FIELDS = [
    *(("res.partner", name) for name in ("id", "name", "active", "color")),
    *(("res.partner", name) for name in ("partner_latitude", "comment", "type")),
    *(("res.partner", name) for name in ("create_date", "parent_id", "child_ids")),
    *(("res.partner", name) for name in ("category_id", "display_name", "avatar_128")),
    *(("res.partner", name) for name in ("image_1920", "parent_path", "is_public")),
    *(("sale.order", name) for name in ("id", "amount_total", "date_order", "state")),
    *(("sale.order", name) for name in ("create_date.month_number", "order_line.id")),
    *(("mail.message", name) for name in ("res_id", "body", "date")),
    *(("project.task", name) for name in ("date_deadline", "task_properties")),
    *(("crm.lead", name) for name in ("probability", "date_deadline", "company_id")),
]


_COMPARISONS = list(itertools.product(_OPERATORS, _VALUES))


@pytest.mark.parametrize(("model", "field"), _FIELDS)
def test_no_comparison_is_an_error_of_the_server(demo, cases, seed, model, field):
    count = min(cases(40), len(_COMPARISONS))
    chosen = random.Random(f"{seed}/{model}/{field}").sample(_COMPARISONS, count)
    failed = []
    for operator, value in chosen:
        domain = [[field, operator, value]]
        params = {"name": "count", "arguments": {"model": model, "domain": domain}}
        result = demo.ask("tools/call", params)
        if "error in Odoo" in result["content"][0]["text"]:
            failed.append((operator, value))
    assert failed == []
