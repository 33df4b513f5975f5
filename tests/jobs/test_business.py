"""Jobs that press buttons and go through wizards."""

import uuid

import pytest


def test_an_order_confirmed_once(job):
    worker = job("Confirm our newest quotation, but look first what that would do.")
    model = worker.call("list_models", words="quotation", limit=3)["models"][0]["model"]
    about = worker.call("describe_model", model=model, words="state messages")
    states = about["fields"]["state"]["selection"]
    [draft] = [key for key, label in states.items() if label == "Quotation"]
    [order] = worker.call(
        "search",
        model=model,
        domain=[["state", "=", draft]],
        fields=["name", "state"],
        limit=1,
    )["records"]
    button = worker.button("Confirm", model, order["id"])
    preview = worker.call("method_call", **button, dry_run=True)
    assert preview["dry_run"] is True
    state = preview["changed"][0]["fields"]["state"]
    assert state == {"before": "draft", "after": "sale"}

    def read():
        [record] = worker.call(
            "read", model=model, ids=[order["id"]], fields=["state", "message_ids"]
        )["records"]
        return record

    assert read()["state"] == draft
    key = str(uuid.uuid4())
    first = worker.call("method_call", **button, idempotency_key=key)
    confirmed = read()
    assert first["done"] is True
    assert confirmed["state"] == "sale"
    assert worker.call("method_call", **button, idempotency_key=key) == first
    assert read() == confirmed


def test_a_part_of_a_delivery(job):
    worker = job("Send 1 piece of a delivery that is ready; the rest comes later.")
    model = worker.call("list_models", words="transfer", limit=3)["models"][0]["model"]
    about = worker.call("describe_model", model=model)["fields"]
    [ready] = [
        key
        for key, label in about["state"]["selection"].items()
        if label.startswith("Ready")
    ]
    moves = worker.call("describe_model", model=model, fields=["move_ids"])["fields"]
    moves = moves["move_ids"]["relation"]
    about = worker.call("describe_model", model=moves, words="quantity picked demand")
    assert {"quantity", "picked", "product_uom_qty"} <= set(about["fields"])
    deliveries = worker.call(
        "search",
        model=model,
        domain=[
            ["state", "=", ready],
            ["picking_type_id", "ilike", "delivery"],
        ],
        fields=["name", "move_ids.quantity", "move_ids.product_uom_qty"],
    )["records"]
    delivery, move = next(
        (record, record["move_ids"][0])
        for record in deliveries
        if len(record["move_ids"]) == 1 and record["move_ids"][0]["quantity"] > 1
    )
    worker.call(
        "write", model=moves, ids=[move["id"]], values={"quantity": 1, "picked": True}
    )
    opened = worker.press("Validate", model, delivery["id"])["opened"]
    pressed = _through_wizards(worker, opened, "Create Backorder")
    assert "Create Backorder" in pressed
    [sent] = worker.call(
        "read",
        model=model,
        ids=[delivery["id"]],
        fields=["state", "backorder_ids", "move_ids.quantity"],
    )["records"]
    assert sent["state"] == "done"
    assert [line["quantity"] for line in sent["move_ids"]] == [1]
    [rest] = worker.call(
        "read",
        model=model,
        ids=sent["backorder_ids"],
        fields=["move_ids.product_uom_qty"],
    )["records"]
    demanded = [line["product_uom_qty"] for line in rest["move_ids"]]
    assert demanded == [move["product_uom_qty"] - 1]


def _through_wizards(worker, opened, wanted, **values):
    """Press *wanted* in the wizard that opens, or what leads on to it."""
    pressed = []
    while opened:
        assert len(pressed) < 3
        ids = [opened["id"]] if "id" in opened else None
        if ids is None:
            made = worker.call(
                "create",
                model=opened["model"],
                records=[values],
                handle=opened["handle"],
            )
            ids = [record["id"] for record in made["records"]]
        buttons = {button["label"]: button["method"] for button in opened["buttons"]}
        # another question comes before: the answer that has no consequences
        label = wanted if wanted in buttons else list(buttons)[-1]
        done = worker.call(
            "method_call",
            model=opened["model"],
            method=buttons[label],
            ids=ids,
            handle=opened["handle"],
        )
        pressed.append(label)
        opened = done.get("opened")
        if opened and "handle" not in opened:
            break
    return pressed


def test_a_payment_of_part_of_an_invoice(job):
    worker = job("A customer paid 100.00 of an invoice that is due: register it.")
    model = worker.call("list_models", words="invoices", limit=3)["models"][0]["model"]
    about = worker.call("describe_model", model=model, words="state type due")
    about = about["fields"]

    def value(field, label):
        [key] = [
            key for key, known in about[field]["selection"].items() if known == label
        ]
        return key

    [invoice] = worker.call(
        "search",
        model=model,
        domain=[
            ["state", "=", value("state", "Posted")],
            ["move_type", "=", value("move_type", "Customer Invoice")],
            ["payment_state", "=", value("payment_state", "Not Paid")],
            ["amount_residual", ">", 100.0],
        ],
        fields=["name", "amount_residual"],
        limit=1,
    )["records"]
    opened = worker.press("Pay", model, invoice["id"])["opened"]
    wizard = worker.call("describe_model", model=opened["model"], words="amount")
    assert "amount" in wizard["fields"]
    pressed = _through_wizards(worker, opened, "Create Payments", amount=100.0)
    assert pressed == ["Create Payments"]
    [paid] = worker.call(
        "read",
        model=model,
        ids=[invoice["id"]],
        fields=["payment_state", "amount_residual"],
    )["records"]
    assert paid["amount_residual"] == pytest.approx(invoice["amount_residual"] - 100)
    assert paid["payment_state"] == value("payment_state", "Partially Paid")
