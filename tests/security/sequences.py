"""Random sequences of calls, of all kinds that a client can make."""

from hypothesis import strategies as st

#: Models that are open in part, closed, or next to those; with fields of theirs, hidden
#: ones among them.
FIELDS = {
    "res.partner": (
        "display_name name email phone email_normalized ref comment website city "
        "country_id user_id parent_id child_ids category_id is_company vat "
        "contact_address message_ids activity_ids opportunity_ids image_128 active"
    ),
    "res.users": "display_name name login email phone partner_id company_id active",
    "product.product": "display_name name standard_price lst_price default_code",
    "product.template": "display_name name standard_price list_price",
    "sale.order": (
        "name partner_id partner_id.email amount_total amount_untaxed amount_tax state "
        "order_line order_line.price_unit date_order user_id tax_totals"
    ),
    "sale.order.line": (
        "name display_name price_unit price_subtotal price_total product_id order_id "
        "product_uom_qty order_partner_id order_partner_id.phone discount"
    ),
    "crm.lead": "name partner_id email_from stage_id expected_revenue",
    "project.project": "name display_name task_ids user_id partner_id",
    "project.task": "name project_id depend_on_ids depend_on_ids.name parent_id",
    "res.country": "name code",
    "res.company": "name email phone partner_id currency_id",
    "ir.attachment": "name res_model res_id mimetype file_size raw",
    "mail.message": "body subject record_name model res_id tracking_value_ids",
    "mail.activity": "summary res_name res_model user_id",
    "mail.tracking.value": "old_value_char new_value_char field_id",
    "mail.followers": "res_model res_id partner_id email name",
    "sale.report": "price_total price_subtotal partner_id product_id",
    "crm.activity.report": "lead_id body",
}
FIELDS = {model: names.split() for model, names in FIELDS.items()}
#: What both houses call by the same name, whatever it is there.
_GUESSES = [
    "canaryqx",
    "secretzz",
    "canaryqxnew@leak.example",
    "secretzznew@leak.example",
    "3249900",
    "a",
    "@",
    "Acme",
]
_NUMBERS = [73519.37, 18220.41, 0, 100, 50000.0]
_OPERATORS = ["=", "!=", "ilike", "not ilike", "=like", ">", "<=", "in"]
_METHODS = {
    "sale.order": ["action_confirm", "action_cancel", "action_draft", "copy", "read",
                   "action_quotation_send", "get_portal_url", "action_view_invoice"],
    "res.partner": ["action_archive", "address_get", "export_data", "create_company",
                    "open_commercial_entity", "_compute_display_name"],
    "project.task": ["action_open_task", "action_assign_to_me", "copy"],
}  # fmt: skip

models = st.sampled_from(list(FIELDS))
ids = st.lists(st.integers(1, 90), min_size=1, max_size=5, unique=True)
users = st.sampled_from(["admin", "demo"])


def names(model, **limits):
    return st.lists(st.sampled_from(FIELDS[model]), unique=True, **limits)


@st.composite
def domains(draw, model):
    """Return a domain of up to three conditions."""
    conditions = []
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([*FIELDS[model], "id"]))
        operator = draw(st.sampled_from([*_OPERATORS, "child_of"]))
        if name == "id" or operator == "child_of":
            value = draw(st.integers(1, 60))
            operator = operator if operator in ("=", "child_of", ">") else "="
        else:
            value = draw(st.sampled_from([*_GUESSES, *_NUMBERS, False]))
        if operator == "in":
            value = [value]
        conditions.append([name, operator, value])
    if len(conditions) > 1 and draw(st.booleans()):
        return ["|", *conditions]
    return conditions


@st.composite
def values(draw, model):
    """Return values to write, fields that are closed among them."""
    chosen = draw(names(model, min_size=1, max_size=2))
    return {
        name.partition(".")[0]: draw(
            st.sampled_from([*_GUESSES, 1, 7, False, "New name", 12.5])
        )
        for name in chosen
    }


@st.composite
def calls(draw):
    """Return (user, method of the protocol, params)."""
    user, model = draw(users), draw(models)
    tool = draw(st.sampled_from(_TOOLS))
    if tool == "resource":
        uri = draw(
            st.sampled_from(
                [
                    f"odoo://record/{model}/{draw(st.integers(1, 60))}",
                    f"odoo://model/{model}/schema",
                    f"odoo://model/{model}/access",
                    "odoo://models",
                    "odoo://system",
                    f"odoo://attachment/{draw(st.integers(1, 900))}",
                ]
            )
        )
        return user, "resources/read", {"uri": uri}
    if tool == "completion":
        params = {
            "ref": {"type": "ref/resource", "uri": "odoo://record/{model}/{id}"},
            "argument": {"name": "id", "value": draw(st.sampled_from(_GUESSES))},
            "context": {"arguments": {"model": model}},
        }
        return user, "completion/complete", params
    arguments = draw(_ARGUMENTS[tool](model))
    return (
        user,
        "tools/call",
        {"name": tool, "arguments": {"model": model, **arguments}},
    )


def _optional(**strategies):
    return st.fixed_dictionaries({}, optional=strategies)


def _joined(required, optional):
    return st.tuples(st.fixed_dictionaries(required), optional).map(
        lambda both: both[0] | both[1]
    )


def _search(model):
    order = st.sampled_from(FIELDS[model]).flatmap(
        lambda name: st.sampled_from([name, f"{name} desc"])
    )
    return _optional(
        domain=domains(model),
        fields=names(model, max_size=4),
        order=order,
        limit=st.integers(1, 40),
        offset=st.integers(0, 5),
        total=st.booleans(),
        labels=st.booleans(),
        html=st.booleans(),
    )


def _aggregate(model):
    functions = st.sampled_from(["sum", "max", "min", "avg", "count_distinct"])
    measure = st.tuples(st.sampled_from(FIELDS[model]), functions).map(":".join)
    return _optional(
        measures=st.lists(measure, max_size=2),
        groupby=names(model, max_size=2),
        domain=domains(model),
    )


_ARGUMENTS = {
    "search": _search,
    "read": lambda model: _joined(
        {"ids": ids},
        _optional(fields=names(model, max_size=4), files=st.booleans()),
    ),
    "count": lambda model: _optional(domain=domains(model)),
    "aggregate": _aggregate,
    "name_search": lambda model: _joined(
        {"name": st.sampled_from(_GUESSES)}, _optional(domain=domains(model))
    ),
    "describe_model": lambda model: _optional(
        words=st.sampled_from(["mail", "price", "name"])
    ),
    "default_get": lambda model: _optional(fields=names(model, max_size=3)),
    "list_actions": lambda model: st.fixed_dictionaries({"id": st.integers(1, 60)}),
    "explain_access": lambda model: _joined(
        {"operation": st.sampled_from(["read", "create", "write", "unlink"])},
        _optional(id=st.integers(1, 60)),
    ),
    "create": lambda model: _joined(
        {"records": st.lists(values(model), min_size=1, max_size=2)},
        _optional(dry_run=st.just(True)),
    ),
    "write": lambda model: _joined(
        {"ids": ids, "values": values(model)}, _optional(dry_run=st.just(True))
    ),
    "unlink": lambda model: _joined(
        {"ids": st.lists(st.integers(60, 90), min_size=1, max_size=1)},
        _optional(dry_run=st.just(True)),
    ),
    "method_call": lambda model: _joined(
        {
            "method": st.sampled_from(_METHODS.get(model, ["action_archive", "copy"])),
            "ids": st.lists(st.integers(1, 40), min_size=1, max_size=1),
        },
        _optional(dry_run=st.just(True)),
    ),
    "post_message": lambda model: st.fixed_dictionaries(
        {"id": st.integers(1, 40), "body": st.just("A note")}
    ),
}
_TOOLS = [*_ARGUMENTS, "search", "read", "aggregate", "count", "resource", "completion"]
sequences = st.lists(calls(), min_size=1, max_size=6)
