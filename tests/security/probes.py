"""Ways to reach what is hidden, as tables.

``"@name"`` in a call stands for the id of what was planted under that name. What is
shown to one who sees everything is what makes a way worth trying.
"""

MAIL_1 = "kanari-email-1@leak.example"
MAIL_9 = "kanari-email-9@leak.example"
_PARTNER = {"model": "res.partner", "ids": ["@parent"]}
_RECORD = "odoo://record/{model}/{id}"


def _tool(tool, /, **arguments):
    return "tool", (tool,), arguments


def _read(model, record, *fields, **more):
    return _tool("read", model=model, ids=[record], fields=list(fields), **more)


def _search(model, *fields, domain=(), **more):
    return _tool(
        "search", model=model, domain=list(domain), fields=list(fields), **more
    )


def _sums(model, *measures, groupby=(), domain=()):
    return _tool(
        "aggregate",
        model=model,
        measures=list(measures),
        groupby=list(groupby),
        domain=list(domain),
    )


def _dry(tool, /, **arguments):
    return _tool(tool, dry_run=True, **arguments)


def _resource(uri):
    return "resource", (uri,), {}


def _method(model, method, *ids, **arguments):
    more = {"ids": list(ids)} if ids else {}
    return _tool("method_call", model=model, method=method, arguments=arguments, **more)


_OF_PARENT = [["id", "=", "@parent"]]
_OF_LINE = [["id", "=", "@line"]]
_OF_PRODUCT = [["id", "=", "@product"]]
_WITHIN = {"allowed_company_ids": ["@other", "@company"]}

#: (what is tried, the call): the answer has canaries for who may see them.
SHOWN = [
    # ---- reading
    ("a search", _search("res.partner", "email", domain=_OF_PARENT)),
    ("reading a record", _read("res.partner", "@parent", "email")),
    ("a twin in normal form", _read("res.partner", "@parent", "email_normalized")),
    ("a telephone number", _read("res.partner", "@parent", "phone")),
    ("its twin in normal form", _read("res.partner", "@parent", "phone_sanitized")),
    ("a value per company", _read("res.partner", "@parent", "barcode")),
    ("what is shown of a record by itself", _read("res.partner", "@parent")),
    ("computed from hidden ones", _read("res.partner", "@parent", "email_formatted")),
    ("an address in one text", _read("res.partner", "@parent", "contact_address")),
    ("text with markup", _read("res.partner", "@parent", "comment", html=True)),
    ("an archived record", _read("res.partner", "@archived", "email")),
    (
        "archived ones, by the context",
        _search(
            "res.partner",
            "email",
            domain=[["id", "=", "@archived"]],
            context={"active_test": False},
        ),
    ),
    (
        "a record of another company",
        _read("res.partner", "@abroad", "email", context=_WITHIN),
    ),
    ("a way over a relation", _read("sale.order", "@order", "partner_id.email")),
    ("two relations", _read("sale.order", "@order", "partner_id.child_ids.email")),
    ("related records", _read("res.partner", "@parent", "child_ids.email")),
    ("what a user inherits", _read("res.users", "@clerk", "email")),
    ("a colleague's number", _read("res.users", "@boss", "phone")),
    ("a user by the contact", _read("res.users", "@clerk", "partner_id.email")),
    (
        "the cost of a template",
        _read("product.template", "@template", "standard_price"),
    ),
    ("the cost of a product", _read("product.product", "@product", "standard_price")),
    (
        "the cost in another company",
        _read("product.product", "@product", "standard_price", context=_WITHIN),
    ),
    (
        "a cost by way of a line",
        _read("sale.order.line", "@line", "product_id.standard_price"),
    ),
    ("a line's price", _read("sale.order.line", "@line", "price_unit")),
    (
        "a line by way of its order",
        _read("sale.order", "@order", "order_line.price_unit"),
    ),
    ("the total of an order", _read("sale.order", "@order", "amount_total")),
    ("the taxes of an order", _read("sale.order", "@order", "tax_totals")),
    (
        "computed from nobody knows what",
        _read("sale.order", "@order", "amount_undiscounted"),
    ),
    ("the price on an invoice", _search("account.move.line", "price_unit")),
    ("what an invoice posts", _search("account.move.line", "balance", "debit")),
    ("the total of an invoice", _read("account.move", "@invoice", "amount_total")),
    ("the dashboard of journals", _search("account.journal", "kanban_dashboard")),
    (
        "the history of costs",
        _search(
            "product.value",
            "value",
            "description",
            domain=[["product_id", "=", "@product"]],
        ),
    ),
    ("the report of sales", _search("sale.report", "price_total")),
    ("the report of invoices", _search("account.invoice.report", "price_subtotal")),
    ("a lead's address", _read("crm.lead", "@lead", "email_from")),
    ("a lead's number", _read("crm.lead", "@lead", "phone")),
    ("a lead's street", _read("crm.lead", "@lead", "street", "function", "website")),
    ("the address of a guest", _search("calendar.attendee", "email")),
    (
        "the address of a follower",
        _search("mail.followers", "email", domain=[["partner_id", "=", "@parent"]]),
    ),
    ("the sender of a message", _read("mail.message", "@letter", "email_from")),
    ("where answers go", _read("mail.message", "@letter", "reply_to")),
    (
        "the author of a message",
        _read("mail.message", "@letter", "author_id.email"),
    ),
    ("what changed", _search("mail.tracking.value", "old_value_char")),
    (
        "what changed, by its message",
        _read(
            "mail.message", "@res_partner_tracked", "tracking_value_ids.new_value_char"
        ),
    ),
    ("labels", _search("res.partner", "email", domain=_OF_PARENT, labels=True)),
    (
        "another language",
        _read("res.partner", "@parent", "email", context={"lang": "en_US"}),
    ),
    # ---- a model that is closed
    ("a closed model", _search("project.task", "name")),
    ("records of it by number", _read("project.task", "@task", "name")),
    (
        "records of it by relation",
        _read("project.project", "@project", "task_ids.name"),
    ),
    ("names of it", _tool("name_search", model="project.task", name="task")),
    ("the name of one it points at", _read("res.partner", "@parent", "industry_id")),
    (
        "the same in a search",
        _search("res.partner", "industry_id", domain=_OF_PARENT),
    ),
    (
        "the name in a group",
        _sums("res.partner", groupby=["industry_id"], domain=_OF_PARENT),
    ),
    ("a path to it", _read("res.partner", "@parent", "industry_id.name")),
    ("an activity on it", _read("mail.activity", "@task_activity", "res_name")),
    ("my activities", _search("mail.activity", "res_name")),
    ("a message on it", _read("mail.message", "@project_task_tracked", "record_name")),
    (
        "messages that notify me",
        _search("mail.message", "record_name", "body", "subject"),
    ),
    ("a file on it", _read("ir.attachment", "@task_attachment", "name")),
    ("a file's content", _read("ir.attachment", "@task_attachment", "raw", files=True)),
    ("a file by its address", _resource("odoo://attachment/@task_attachment")),
    ("a record of it by address", _resource("odoo://record/project.task/@task")),
    # ---- records that are closed
    ("closed records", _search("crm.lead", "name")),
    ("one by number", _read("crm.lead", "@closed_lead", "name")),
    ("by relation", _read("res.partner", "@parent", "opportunity_ids.name")),
    ("pointed at", _read("sale.order", "@order", "opportunity_id")),
    ("one by address", _resource("odoo://record/crm.lead/@closed_lead")),
    ("names of them", _tool("name_search", model="crm.lead", name="lead 1")),
    ("in groups", _sums("sale.order", groupby=["opportunity_id"])),
    ("sums over them", _sums("crm.lead", "expected_revenue:max")),
    ("activities on them", _read("mail.activity", "@closed_lead_activity", "res_name")),
    ("files on them", _read("ir.attachment", "@closed_lead_attachment", "name")),
    ("messages on them", _read("mail.message", "@closed_lead_message", "record_name")),
    # ---- files of hidden fields
    ("the file of an image", _read("ir.attachment", "@image_attachment", "name")),
    (
        "searched by its field",
        _search("ir.attachment", "name", domain=[["res_field", "=", "image_1920"]]),
    ),
    # ---- sums and groups
    ("a sum", _sums("sale.order.line", "price_unit:sum", domain=_OF_LINE)),
    ("the greatest", _sums("sale.order.line", "price_subtotal:max", domain=_OF_LINE)),
    (
        "an average cost",
        _sums("product.product", "standard_price:avg", domain=_OF_PRODUCT),
    ),
    ("groups", _sums("res.partner", groupby=["email"])),
    ("groups by a path", _sums("sale.order", groupby=["partner_id.email"])),
    (
        "groups of a report",
        _sums("sale.report", "price_total:max", groupby=["product_id"]),
    ),
    ("sums of totals", _sums("sale.order", "amount_total:max")),
    # ---- resources
    ("the resource of a contact", _resource("odoo://record/res.partner/@parent")),
    ("of a user", _resource("odoo://record/res.users/@clerk")),
    ("of a product", _resource("odoo://record/product.product/@product")),
    ("of an order", _resource("odoo://record/sale.order/@order")),
    ("of a line", _resource("odoo://record/sale.order.line/@line")),
    ("of an invoice", _resource("odoo://record/account.move/@invoice")),
    ("of a lead", _resource("odoo://record/crm.lead/@lead")),
    # ---- changes that are only tried
    (
        "before and after",
        _dry("write", model="res.partner", ids=["@parent"], values={"email": "x@x.x"}),
    ),
    (
        "what a lead takes from a contact",
        _dry(
            "create", model="crm.lead", records=[{"name": "L", "partner_id": "@parent"}]
        ),
    ),
    (
        "what a lead loses",
        _dry("write", model="crm.lead", ids=["@lead"], values={"partner_id": "@child"}),
    ),
    (
        "what an order comes to",
        _dry(
            "write",
            model="sale.order",
            ids=["@order"],
            values={"order_line": [{"update": {"id": "@line", "product_uom_qty": 2}}]},
        ),
    ),
    # ---- methods
    ("a tool of an administrator", _tool("tell_address", ids=["@parent"])),
    # ---- other ways in
    ("a batch", ("batch", (("read", {**_PARTNER, "fields": ["email"]}),), {})),
    ("a stream", ("stream", ("read",), {**_PARTNER, "fields": ["email"]})),
]

#: (what is tried, the call, a word): the answer has the word for who may see it.
TOLD = [
    (
        "the description",
        _tool("describe_model", model="res.partner", words="email"),
        "email_normalized",
    ),
    (
        "one field's description",
        _tool("describe_model", model="res.partner", fields=["email"]),
        "label",
    ),
    ("the schema", _resource("odoo://model/res.partner/schema"), "phone_sanitized"),
    (
        "the schema of what follows",
        _resource("odoo://model/product.template/schema"),
        "standard_price",
    ),
    ("models", _resource("odoo://models"), 'project.task\\"'),
    ("a list of models", _tool("list_models", words="task"), 'project.task\\"'),
    ("a closed schema", _resource("odoo://model/project.task/schema"), "fields"),
    (
        "proposed models",
        ("complete", (_RECORD, "model", "project.ta"), {}),
        'project.task"',
    ),
    (
        "proposed reports",
        ("complete", ("odoo://report/{report}/{ids}", "report", "sale."), {}),
        "saleorder",
    ),
    ("the size of a file", _read("res.partner", "@parent", "image_1920"), "size"),
    (
        "the content of a file",
        _read("res.partner", "@parent", "image_1920", files=True),
        "blob",
    ),
    (
        "the file by its number",
        _resource("odoo://attachment/@image_attachment"),
        "blob",
    ),
    ("near names", _read("res.partner", "@parent", "emai"), "email_normalized"),
    ("defaults", _tool("default_get", model="project.task"), "defaults"),
    ("actions", _tool("list_actions", model="project.task", id="@task"), "actions"),
    (
        "the key to an order's page",
        _method("sale.order", "get_portal_url", "@order"),
        "access_token",
    ),
    (
        "the same as a field",
        _search("sale.order", "access_token", domain=[["access_token", "!=", False]]),
        '"access_token":',
    ),
    (
        "a name that was left out",
        _read("sale.order.line", "@line", "display_name"),
        "Visible",
    ),
]

#: (what is tried, the call with "@value", what is right, what is wrong): the two
#: answers are different for who may see, and the same for others.
GUESSED = [
    (
        "equal",
        _tool("count", model="res.partner", domain=[["email", "=", "@value"]]),
        "Kanari-Email-1@leak.example",
        MAIL_9,
    ),
    (
        "like",
        _tool("count", model="res.partner", domain=[["email", "ilike", "@value"]]),
        MAIL_1,
        MAIL_9,
    ),
    (
        "not in",
        _tool(
            "count",
            model="res.partner",
            domain=["!", ["email_normalized", "in", ["@value"]]],
        ),
        MAIL_1,
        MAIL_9,
    ),
    (
        "a path",
        _tool(
            "count",
            model="sale.order",
            domain=[["partner_id.email_normalized", "=", "@value"]],
        ),
        MAIL_1,
        MAIL_9,
    ),
    (
        "any",
        _tool(
            "count",
            model="sale.order",
            domain=[["partner_id", "any", [["phone", "=like", "@value"]]]],
        ),
        "%884200001",
        "%884200009",
    ),
    (
        "any of any",
        _tool(
            "count",
            model="sale.order",
            domain=[
                [
                    "order_line",
                    "any",
                    [["order_id", "any", [["amount_total", ">", "@value"]]]],
                ]
            ],
        ),
        7732000,
        999999999,
    ),
    (
        "through a user",
        _tool("count", model="res.users", domain=[["email", "=", "@value"]]),
        "kanari-own-boss@leak.example",
        MAIL_9,
    ),
    (
        "a search of its own",
        _tool(
            "count",
            model="crm.lead",
            domain=[["phone_mobile_search", "ilike", "@value"]],
        ),
        "884200001",
        "884200009",
    ),
    (
        "computed",
        _tool(
            "count",
            model="product.template",
            domain=[["standard_price", ">", "@value"]],
        ),
        7731000,
        9999999,
    ),
    (
        "per company",
        _tool(
            "count", model="product.product", domain=[["standard_price", "=", "@value"]]
        ),
        7731001,
        7731009,
    ),
    (
        "in another company",
        _tool(
            "count",
            model="product.product",
            context=_WITHIN,
            domain=[["standard_price", "=", "@value"]],
        ),
        7731501,
        7731009,
    ),
    (
        "a total",
        _tool("count", model="sale.order", domain=[["amount_total", "=", "@value"]]),
        7732001,
        7732009,
    ),
    (
        "a report",
        _tool("count", model="sale.report", domain=[["price_total", "=", "@value"]]),
        7732001,
        7732009,
    ),
    (
        "an invoice",
        _tool(
            "count", model="account.move", domain=[["amount_untaxed", "=", "@value"]]
        ),
        7732002,
        7732009,
    ),
    (
        "by name, of a contact",
        _tool("name_search", model="res.partner", name="@value"),
        MAIL_1,
        MAIL_9,
    ),
    (
        "by reference",
        _tool("name_search", model="res.partner", name="@value"),
        "kanari-ref-1",
        "kanari-ref-9",
    ),
    (
        "by tax number",
        _tool("name_search", model="res.partner", name="@value"),
        "KANARIVAT1",
        "KANARIVAT9",
    ),
    (
        "by a part of the name",
        _tool(
            "count", model="res.partner", domain=[["display_name", "ilike", "@value"]]
        ),
        MAIL_1,
        MAIL_9,
    ),
    (
        "names of what is related",
        _tool("count", model="sale.order", domain=[["partner_id", "ilike", "@value"]]),
        MAIL_1,
        MAIL_9,
    ),
    (
        "a completion",
        ("complete", (_RECORD, "id", "@value"), {"model": "res.partner"}),
        MAIL_1,
        MAIL_9,
    ),
    (
        "a value by name",
        _dry("create", model="sale.order", records=[{"partner_id": "@value"}]),
        MAIL_1,
        MAIL_9,
    ),
    (
        "who is told",
        _dry(
            "post_message",
            model="sale.order",
            id="@order",
            body="b",
            partners=["@value"],
        ),
        MAIL_1,
        MAIL_9,
    ),
    (
        "a closed name",
        _dry(
            "write",
            model="res.partner",
            ids=["@parent"],
            values={"industry_id": "@value"},
        ),
        "Kanari industry 1",
        "Kanari industry 9",
    ),
    (
        "what a closed one is called",
        _tool("count", model="res.partner", domain=[["industry_id", "=", "@value"]]),
        "Kanari industry 1",
        "Kanari industry 9",
    ),
    (
        "closed, by its name",
        _tool(
            "count", model="res.partner", domain=[["industry_id.name", "=", "@value"]]
        ),
        "Kanari industry 1",
        "Kanari industry 9",
    ),
    (
        "tasks of a project",
        _tool(
            "count", model="project.project", domain=[["task_ids.name", "=", "@value"]]
        ),
        "Kanari task 1",
        "Kanari task 9",
    ),
    (
        "whether a closed record is there",
        _tool("read", model="crm.lead", ids=["@value"], fields=["name"]),
        "@closed_lead",
        999999,
    ),
    (
        "why it can't be read",
        _tool("explain_access", model="crm.lead", operation="read", id="@value"),
        "@closed_lead",
        999999,
    ),
    (
        "a closed record by its values",
        _tool("count", model="crm.lead", domain=[["expected_revenue", "=", "@value"]]),
        7733001,
        7733009,
    ),
    (
        "closed ones in a total",
        _tool(
            "search",
            model="crm.lead",
            total=True,
            limit=1,
            fields=["name"],
            domain=[["priority", "=", "3"], ["name", "=", "@value"]],
        ),
        "Kanari lead 1",
        "Kanari lead 9",
    ),
    (
        "closed ones of a contact",
        _tool(
            "count",
            model="res.partner",
            domain=[["opportunity_ids.name", "=", "@value"]],
        ),
        "Kanari lead 1",
        "Kanari lead 9",
    ),
    (
        "closed ones of an order",
        _tool(
            "count",
            model="sale.order",
            domain=[["opportunity_id", "any", [["name", "=", "@value"]]]],
        ),
        "Kanari lead 1",
        "Kanari lead 9",
    ),
    (
        "closed ones by name",
        _tool(
            "count", model="sale.order", domain=[["opportunity_id", "ilike", "@value"]]
        ),
        "Kanari lead 1",
        "Kanari lead 9",
    ),
    (
        "writing to a closed one",
        _dry("write", model="crm.lead", ids=["@value"], values={"name": "x"}),
        "@closed_lead",
        999999,
    ),
    (
        "a note on a closed one",
        _dry("post_message", model="crm.lead", id="@value", body="b"),
        "@closed_lead",
        999999,
    ),
    (
        "a file's words",
        _tool(
            "count",
            model="ir.attachment",
            domain=[["index_content", "ilike", "@value"]],
        ),
        "kanari content of task",
        "kanari no",
    ),
    (
        "a message's sender",
        _tool(
            "count", model="mail.message", domain=[["email_from", "ilike", "@value"]]
        ),
        "kanari-email-2",
        "kanari-email-9",
    ),
    (
        "who is above",
        _tool(
            "count", model="res.partner.category", domain=[["id", "child_of", "@value"]]
        ),
        "@above",
        "@apart",
    ),
    (
        "who is above, of a contact",
        _tool(
            "count", model="res.partner", domain=[["category_id", "child_of", "@value"]]
        ),
        "@above",
        "@apart",
    ),
    (
        "who is below",
        _tool(
            "count",
            model="res.partner.category",
            domain=[["id", "parent_of", "@value"]],
        ),
        "@below",
        "@apart",
    ),
    (
        "the order of records",
        _search("res.partner", "name", order="@value", limit=1),
        "email asc",
        "email desc",
    ),
    (
        "the order of costs",
        _search(
            "product.product",
            "name",
            order="@value",
            limit=1,
            domain=[["id", "in", ["@product", "@cheap"]]],
        ),
        "standard_price asc",
        "standard_price desc",
    ),
    (
        "the order of lines",
        _search("sale.order.line", "id", order="@value", limit=1),
        "price_unit asc",
        "price_unit desc",
    ),
    (
        "the order of totals",
        _search("sale.order", "name", order="@value", limit=1),
        "amount_total asc",
        "amount_total desc",
    ),
    (
        "the order of groups",
        _tool(
            "aggregate",
            model="sale.order.line",
            groupby=["product_id"],
            measures=["price_unit:sum"],
            order="@value",
            limit=1,
        ),
        "price_unit:sum asc",
        "price_unit:sum desc",
    ),
    (
        "more to come",
        _search("res.partner", "name", limit=1, domain=[["email", "ilike", "@value"]]),
        "leak.example",
        "leak.nowhere",
    ),
    (
        "pages",
        _search("res.partner", "name", offset=1, domain=[["email", "ilike", "@value"]]),
        "leak.example",
        "leak.nowhere",
    ),
]
