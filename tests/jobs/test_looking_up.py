"""Jobs that find something out."""

import pytest


def test_a_customers_open_quotations(job):
    worker = job("Which quotations are still open for Acme Corporation?")
    model = worker.call("list_models", words="quotations", limit=5)["models"][0]
    about = worker.call("describe_model", model=model["model"])["fields"]
    states = about["state"]["selection"]
    open_states = [key for key, label in states.items() if "Quotation" in label]
    [customer] = worker.call(
        "name_search",
        model=about["partner_id"]["relation"],
        name="Acme Corporation",
        limit=1,
    )["records"]
    found = worker.call(
        "search",
        model=model["model"],
        domain=[["partner_id", "=", customer["id"]], ["state", "in", open_states]],
        fields=["name", "state", "partner_id", "amount_total"],
    )["records"]
    assert found
    for order in found:
        assert order["partner_id"] == customer
        assert order["state"] in {"draft", "sent"}
        assert order["currency_id"]["name"]


def test_sales_by_month(job):
    worker = job("What did we sell each month, and in which orders?")
    model = worker.call("list_models", words="sales order", limit=3)["models"][0]
    about = worker.call("describe_model", model=model["model"])["fields"]
    [sold] = [
        key
        for key, label in about["state"]["selection"].items()
        if label == "Sales Order"
    ]
    condition = {"model": model["model"], "domain": [["state", "=", sold]]}
    sums = worker.call(
        "aggregate",
        **condition,
        groupby=["date_order:month"],
        measures=["amount_total:sum"],
    )
    assert sums["currencies"]["amount_total:sum"]
    # on how many months the orders of the demo data fall depends on today
    for month in sums["groups"][:2]:
        orders = worker.call(
            "search",
            model=model["model"],
            domain=month["domain"],
            fields=["date_order", "amount_total"],
            limit=month["__count"],
        )
        assert not orders["has_more"]
        total = sum(order["amount_total"] for order in orders["records"])
        assert total == pytest.approx(month["amount_total:sum"])
        start = month["date_order:month"]["start"][:7]
        assert {order["date_order"][:7] for order in orders["records"]} == {start}
    count = sum(month["__count"] for month in sums["groups"])
    assert worker.call("count", **condition) == {"count": count}


def test_what_a_user_may_not_do(job):
    worker = job("Delete a quotation, or say who could.", "demo")
    model = worker.call("list_models", words="quotation", limit=3)["models"][0]
    assert "unlink" not in model["operations"]
    [order] = worker.call("search", model=model["model"], fields=["name"], limit=1)[
        "records"
    ]
    refusal = worker.refused("unlink", model=model["model"], ids=[order["id"]])
    # the group that has the right, as an administrator finds it in Odoo
    assert "Administrator" in refusal or "Salesman" in refusal, refusal
    if "explain_access" in worker.tools:
        told = worker.call(
            "explain_access", model=model["model"], operation="unlink", id=order["id"]
        )
        assert told["allowed"] is False
        assert told["layers"][-1]["reason"] and told["ask"]
    kept = worker.call("read", model=model["model"], ids=[order["id"]], fields=["name"])
    assert kept["records"] == [order]
