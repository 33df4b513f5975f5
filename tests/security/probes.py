"""Ways to reach what is hidden. Each is a call; some are a pair that tell by differing.

A text in an argument may name what the house has: ``"{partner}"`` is its number.
"""

from dataclasses import dataclass
from typing import Any

from endpoint import MODERN


@dataclass(frozen=True)
class Probe:
    """One way to reach something hidden.

    name: of the way
    method: of the protocol
    params: of the request
    other: the same with a guess that is wrong: the answers may not differ
    works: whether the way leads there where nothing is hidden
    """

    name: str
    method: str
    params: Any
    other: Any = None
    works: bool = True


def filled(value, ids):
    """Return a JSON value with the names in it replaced by what the house has."""
    if isinstance(value, dict):
        return {key: filled(member, ids) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [filled(member, ids) for member in value]
    if not isinstance(value, str):
        return value
    if value.startswith("{") and value.endswith("}") and value[1:-1] in ids:
        return ids[value[1:-1]]
    for name, found in ids.items():
        value = value.replace(f"{{{name}}}", str(found))
    return value


def ask(caller, probe, ids, params=None):
    """Return the answer to a probe as a JSON value, without what differs by nature."""
    params = filled(params or probe.params, ids)
    name = params.get("name") or params.get("uri")
    response = caller.post(probe.method, params, MODERN, mcp_name=name)
    assert response.status_code < 500, response.text
    answer = response.json()
    answer.pop("id", None)
    return answer


def _call(name, tool, /, works=True, **arguments):
    return Probe(
        name, "tools/call", {"name": tool, "arguments": arguments}, None, works
    )


def _oracle(name, tool, right, wrong, /, works=True, **arguments):
    def params(guess):
        return {"name": tool, "arguments": {**arguments, **guess}}

    return Probe(name, "tools/call", params(right), params(wrong), works)


def _domain(name, model, right, wrong, /, tool="count", works=True, **arguments):
    return _oracle(
        name,
        tool,
        {"domain": right},
        {"domain": wrong},
        works,
        model=model,
        **arguments,
    )


def _resource(name, uri, works=True):
    return Probe(name, "resources/read", {"uri": uri}, None, works)


def _completion(name, uri, argument, value, works=True, **chosen):
    return Probe(
        name,
        "completion/complete",
        {
            "ref": {"type": "ref/resource", "uri": uri},
            "argument": {"name": argument, "value": value},
            "context": {"arguments": chosen},
        },
        None,
        works,
    )


_ONE = [["id", "=", "{partner}"]]
_WRONG = "nothing-like-it"

PROBES = [
    # read where it is
    _call("read", "read", model="res.partner", ids=["{partner}"], fields=["email"]),
    _call("search", "search", model="res.partner", domain=_ONE, fields=["phone"]),
    _call("default fields", "search", model="res.partner", domain=_ONE),
    _call(
        "rich text", "read", model="res.partner", ids=["{partner}"], fields=["comment"]
    ),
    _call(
        "as HTML",
        "read",
        model="res.partner",
        ids=["{partner}"],
        fields=["comment"],
        html=True,
    ),
    _call(
        "normalised twin",
        "read",
        model="res.partner",
        ids=["{partner}"],
        fields=["email_normalized", "phone_sanitized"],
    ),
    _call(
        "formatted twin",
        "read",
        model="res.partner",
        ids=["{partner}"],
        fields=["email_formatted"],
    ),
    _call(
        "archived ones too",
        "search",
        model="res.partner",
        domain=_ONE,
        fields=["email"],
        context={"active_test": False},
    ),
    _call(
        "another language",
        "search",
        model="res.partner",
        domain=_ONE,
        fields=["email"],
        context={"lang": "en_US"},
    ),
    _call(
        "another company",
        "search",
        model="res.partner",
        domain=_ONE,
        fields=["email"],
        context={"allowed_company_ids": ["{company}"]},
    ),
    _call(
        "context keys of Odoo",
        "search",
        works=False,
        model="res.partner",
        domain=_ONE,
        context={"show_email": True, "show_address": True},
    ),
    # under another name
    _call("inherited", "read", model="res.users", ids=["{user}"], fields=["email"]),
    _call(
        "inherited, of others",
        "search",
        model="res.users",
        fields=["phone"],
        domain=[["id", "=", "{admin}"]],
    ),
    _call(
        "related",
        "search",
        model="sale.order.line",
        fields=["order_partner_id.email"],
        domain=[["id", "=", "{line}"]],
    ),
    _call(
        "path",
        "search",
        model="sale.order",
        fields=["partner_id.phone"],
        domain=[["id", "=", "{order}"]],
    ),
    _call(
        "long path",
        "search",
        model="sale.order.line",
        fields=["order_id.partner_id.email"],
        domain=[["id", "=", "{line}"]],
    ),
    _call(
        "children",
        "read",
        model="res.partner",
        ids=["{parent}"],
        fields=["child_ids.email"],
    ),
    _call(
        "cost of the template",
        "read",
        model="product.template",
        ids=["{template}"],
        fields=["standard_price"],
    ),
    _call(
        "computed from it",
        "read",
        model="sale.order",
        ids=["{order}"],
        fields=["amount_total", "amount_untaxed"],
    ),
    _call(
        "computed text",
        "read",
        model="sale.order",
        ids=["{order}"],
        fields=["tax_totals"],
        works=False,
    ),
    _call(
        "company's own",
        "read",
        model="res.company",
        ids=["{company}"],
        fields=["email", "phone"],
        works=False,
    ),
    _call(
        "lines",
        "read",
        model="sale.order",
        ids=["{order}"],
        fields=["order_line.price_unit"],
    ),
    _call(
        "price",
        "read",
        model="sale.order.line",
        ids=["{line}"],
        fields=["price_subtotal", "price_unit"],
    ),
    _call(
        "cost",
        "read",
        model="product.product",
        ids=["{product}"],
        fields=["standard_price"],
    ),
    _call("defaults of a product", "read", model="product.product", ids=["{product}"]),
    _call(
        "view of sales",
        "search",
        model="sale.report",
        fields=["price_total", "price_subtotal"],
        domain=[["order_reference", "=", "sale.order,{order}"]],
    ),
    _call(
        "sums of the view",
        "aggregate",
        model="sale.report",
        measures=["price_subtotal:sum"],
        groupby=["product_id"],
        domain=[["order_reference", "=", "sale.order,{order}"]],
    ),
    # asked about
    _domain(
        "domain", "res.partner", [["email", "=", "{email}"]], [["email", "=", _WRONG]]
    ),
    _domain(
        "domain by letters",
        "res.partner",
        [["email", "=like", "{canary}%"]],
        [["email", "=like", "zzz%"]],
    ),
    _domain(
        "domain of the twin",
        "res.partner",
        [["email_normalized", "=", "{email}"]],
        [["email_normalized", "=", _WRONG]],
    ),
    _domain(
        "domain with a path",
        "sale.order",
        [["partner_id.email", "=", "{email}"]],
        [["partner_id.email", "=", _WRONG]],
    ),
    _domain(
        "domain with any",
        "sale.order",
        [["partner_id", "any", [["email", "=", "{email}"]]]],
        [["partner_id", "any", [["email", "=", _WRONG]]]],
    ),
    _domain(
        "domain with not any",
        "sale.order",
        [["partner_id", "not any", [["email", "=", "{email}"]]]],
        [["partner_id", "not any", [["email", "=", _WRONG]]]],
    ),
    _domain(
        "domain of the inherited",
        "res.users",
        [["email", "like", "{canary}"]],
        [["email", "like", _WRONG]],
    ),
    _domain(
        "domain with a number",
        "sale.order.line",
        [["price_unit", "=", "{price}"]],
        [["price_unit", "=", 1.5]],
    ),
    _domain(
        "domain of what is computed",
        "sale.order",
        [["amount_total", ">=", "{price}"]],
        [["amount_total", ">=", 999999999]],
    ),
    _domain(
        "domain of a name",
        "sale.order",
        [["partner_id", "ilike", "{canary}"]],
        [["partner_id", "ilike", _WRONG]],
    ),
    _domain(
        "domain of the display name",
        "res.partner",
        [["display_name", "ilike", "{canary}ref"]],
        [["display_name", "ilike", _WRONG]],
    ),
    _domain(
        "tree",
        "res.partner",
        [["id", "child_of", "{parent}"]],
        [["id", "child_of", "{own}"]],
        tool="count",
    ),
    _domain(
        "tree from below",
        "res.partner",
        [["id", "parent_of", "{contact}"]],
        [["id", "parent_of", "{own}"]],
    ),
    _domain(
        "tree by relation",
        "sale.order",
        [["partner_id", "child_of", "{partner}"]],
        [["partner_id", "child_of", "{own}"]],
    ),
    _domain(
        "negated",
        "res.partner",
        ["!", ["email", "=", "{email}"]],
        ["!", ["email", "=", _WRONG]],
    ),
    _domain(
        "is it set",
        "res.partner",
        [["id", "=", "{partner}"], ["phone", "!=", False]],
        [["id", "=", "{partner}"], ["phone", "=", False]],
    ),
    _domain(
        "total of a search",
        "res.partner",
        [["email", "=", "{email}"]],
        [["email", "=", _WRONG]],
        tool="search",
        total=True,
        fields=["name"],
    ),
    _domain(
        "domain of names",
        "res.partner",
        [["email", "=", "{email}"]],
        [["email", "=", _WRONG]],
        tool="name_search",
        name="",
    ),
    _domain(
        "domain of sums",
        "res.partner",
        [["email", "=", "{email}"]],
        [["email", "=", _WRONG]],
        tool="aggregate",
    ),
    _oracle(
        "by name",
        "name_search",
        {"name": "{canary}ref{partner}"},
        {"name": _WRONG},
        model="res.partner",
    ),
    _oracle(
        "by mail",
        "name_search",
        {"name": "{email}"},
        {"name": _WRONG},
        model="res.partner",
    ),
    _oracle(
        "users by mail",
        "name_search",
        {"name": "{canary}"},
        {"name": _WRONG},
        model="res.users",
        works=False,
    ),
    # ordered, grouped, summed
    _oracle(
        "order",
        "search",
        {"order": "email"},
        {"order": "email desc"},
        model="res.partner",
        fields=["name"],
        limit=50,
    ),
    _oracle(
        "order by relation",
        "search",
        {"order": "partner_id.email"},
        {"order": "partner_id.email desc"},
        model="sale.order",
        fields=["name"],
        works=False,
    ),
    _oracle(
        "order of users",
        "search",
        {"order": "email"},
        {"order": "email desc"},
        model="res.users",
        fields=["name"],
    ),
    _oracle(
        "order by number",
        "search",
        {"order": "price_unit"},
        {"order": "price_unit desc"},
        model="sale.order.line",
        fields=["name"],
        limit=60,
    ),
    _call("groups", "aggregate", model="res.partner", groupby=["email"], domain=_ONE),
    _call(
        "groups along a path",
        "aggregate",
        model="sale.order",
        groupby=["partner_id.email"],
        domain=[["id", "=", "{order}"]],
    ),
    _call(
        "groups of users",
        "aggregate",
        model="res.users",
        groupby=["email"],
        works=False,
    ),
    _call(
        "sum",
        "aggregate",
        model="sale.order.line",
        measures=["price_unit:sum"],
        domain=[["id", "=", "{line}"]],
    ),
    _call(
        "largest",
        "aggregate",
        model="sale.order.line",
        measures=["price_subtotal:max"],
        domain=[["id", "=", "{line}"]],
    ),
    _call(
        "sum of what is computed",
        "aggregate",
        model="sale.order",
        measures=["amount_untaxed:sum"],
        domain=[["id", "=", "{order}"]],
    ),
    _call(
        "how many different",
        "aggregate",
        model="res.partner",
        measures=["email:count_distinct"],
        works=False,
    ),
    # described
    _call(
        "description",
        "describe_model",
        model="res.partner",
        fields=["email"],
        works=False,
    ),
    _call(
        "description by words",
        "describe_model",
        model="res.partner",
        words="email",
        works=False,
    ),
    _call(
        "defaults",
        "default_get",
        model="sale.order",
        fields=["partner_id"],
        works=False,
    ),
    _call(
        "explained",
        "explain_access",
        model="crm.lead",
        operation="read",
        id="{lead}",
        works=False,
    ),
    _call("actions", "list_actions", model="sale.order", id="{order}", works=False),
    _call(
        "actions of a contact",
        "list_actions",
        model="res.partner",
        id="{partner}",
        works=False,
    ),
    # a model that is closed
    _call("closed", "search", model="crm.lead", fields=["name"], limit=500),
    _call("closed, one", "read", model="crm.lead", ids=["{lead}"], fields=["name"]),
    _call("closed, counted", "count", model="crm.lead", works=False),
    _call("closed, by name", "name_search", model="crm.lead", name="{canary}"),
    _call(
        "closed, through a relation",
        "read",
        model="res.partner",
        ids=["{partner}"],
        fields=["opportunity_ids.name"],
    ),
    _domain(
        "closed, asked about",
        "res.partner",
        [["opportunity_ids.name", "ilike", "{canary}"]],
        [["opportunity_ids.name", "ilike", _WRONG]],
    ),
    _call(
        "closed, its files",
        "search",
        model="ir.attachment",
        fields=["name"],
        domain=[["res_model", "=", "crm.lead"]],
    ),
    _call(
        "closed, its messages",
        "search",
        model="mail.message",
        fields=["body", "subject", "record_name"],
        domain=[["model", "=", "crm.lead"]],
        limit=100,
    ),
    _call(
        "closed, its activities",
        "search",
        model="mail.activity",
        fields=["summary", "res_name"],
        domain=[["res_model", "=", "crm.lead"]],
        limit=100,
    ),
    _call(
        "closed, its report",
        "search",
        works=False,
        model="crm.activity.report",
        fields=["lead_id"],
        limit=500,
    ),
    _call(
        "closed comodel",
        "aggregate",
        model="res.partner",
        groupby=["country_id"],
        domain=_ONE,
        works=False,
    ),
    # records that are closed
    _call("closed record", "search", model="project.task", fields=["name"], limit=500),
    _call(
        "closed record by number",
        "read",
        model="project.task",
        ids=["{task}"],
        fields=["name"],
    ),
    _call(
        "name of a closed record",
        "read",
        model="project.task",
        ids=["{open_task}"],
        fields=["depend_on_ids.name"],
    ),
    _call(
        "groups of closed records",
        "aggregate",
        model="project.task",
        groupby=["project_id"],
        limit=200,
    ),
    _call(
        "closed record by name", "name_search", model="project.project", name="{canary}"
    ),
    _call(
        "relation to closed records",
        "read",
        model="res.users",
        ids=["{user}"],
        fields=["activity_ids.summary"],
        works=False,
    ),
    _call(
        "closed record, its messages",
        "search",
        model="mail.message",
        fields=["record_name", "body"],
        domain=[["model", "=", "project.task"]],
        limit=100,
    ),
    _call(
        "closed record, its actions", "list_actions", model="project.task", id="{task}"
    ),
    # tracked, posted, attached
    _call(
        "tracked values",
        "search",
        model="mail.tracking.value",
        fields=["old_value_char", "new_value_char"],
        limit=500,
        works=False,
    ),
    _call(
        "tracked values by message",
        "search",
        model="mail.message",
        fields=["tracking_value_ids.new_value_char", "body"],
        domain=[["model", "=", "res.partner"], ["res_id", "=", "{partner}"]],
        works=False,
    ),
    _call(
        "followers",
        "search",
        model="mail.followers",
        fields=["email", "name"],
        domain=[["res_model", "=", "res.partner"]],
        works=False,
    ),
    # by changing something
    _call(
        "tried out",
        "write",
        model="res.partner",
        ids=["{partner}"],
        values={"name": "Other"},
        dry_run=True,
        works=False,
    ),
    _call(
        "tried out with it",
        "write",
        model="res.partner",
        ids=["{partner}"],
        values={"email": "x@y.example"},
        dry_run=True,
    ),
    _call(
        "created and filled in",
        "create",
        model="sale.order.line",
        records=[{"order_id": "{order}", "product_id": "{product}"}],
        dry_run=True,
        works=False,
    ),
    _call(
        "created, tried out",
        "create",
        model="res.partner",
        records=[{"name": "New", "parent_id": "{partner}"}],
        dry_run=True,
        works=False,
    ),
    _call(
        "written through",
        "write",
        model="res.users",
        ids=["{user}"],
        values={"email": "x@y.example"},
        dry_run=True,
        works=False,
    ),
    _call(
        "error of a constraint",
        "write",
        model="res.partner",
        ids=["{parent}"],
        values={"parent_id": "{contact}"},
        works=False,
    ),
    _oracle(
        "by name in a value",
        "create",
        {"records": [{"partner_id": "{email}"}]},
        {"records": [{"partner_id": _WRONG}]},
        model="sale.order",
        dry_run=True,
    ),
    _call(
        "method that exports",
        "method_call",
        model="res.partner",
        method="export_data",
        ids=["{partner}"],
        arguments={"fields_to_export": ["email"]},
        works=False,
    ),
    _call(
        "method that copies",
        "method_call",
        model="res.partner",
        method="copy_data",
        ids=["{partner}"],
        works=False,
    ),
    _call(
        "method that reads",
        "method_call",
        model="res.partner",
        method="web_read",
        ids=["{partner}"],
        arguments={"specification": {"email": {}}},
        works=False,
    ),
    _call(
        "method that shows an address",
        "method_call",
        model="res.partner",
        method="address_get",
        ids=["{partner}"],
        works=False,
    ),
    _call(
        "method that opens a mail",
        "method_call",
        model="sale.order",
        method="action_quotation_send",
        ids=["{order}"],
        dry_run=True,
        works=False,
    ),
    _call(
        "method of a portal",
        "method_call",
        model="sale.order",
        method="get_portal_url",
        ids=["{order}"],
        works=False,
    ),
    # resources and completion
    _resource("record", "odoo://record/res.partner/{partner}"),
    _resource("record of a user", "odoo://record/res.users/{user}"),
    _resource("closed record, as a resource", "odoo://record/crm.lead/{lead}"),
    _resource("record outside", "odoo://record/project.task/{task}"),
    _resource("record of an order", "odoo://record/sale.order/{order}"),
    _resource("record of a line", "odoo://record/sale.order.line/{line}"),
    _resource("schema", "odoo://model/res.partner/schema", works=False),
    _resource("access", "odoo://model/crm.lead/access", works=False),
    _resource("system", "odoo://system", works=False),
    _resource("report", "odoo://report/sale.report_saleorder/{order}", works=False),
    _completion(
        "completed ids",
        "odoo://record/{{model}}/{{id}}",
        "id",
        "{email}",
        works=False,
        model="res.partner",
    ),
    _completion(
        "completed closed ids",
        "odoo://record/{{model}}/{{id}}",
        "id",
        "{canary}",
        works=False,
        model="crm.lead",
    ),
]
