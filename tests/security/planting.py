"""What is hidden, in a company with demo data: canaries, and access records over them.

Canaries are values that are found nowhere else, another one in each field of each
record. Three people have the same rights in Odoo but for one group: the access records
that hide something are for that group, others for everybody hide nothing. So each call
is made by one from whom the canaries are hidden and by one who sees them.
"""

#: Runs in Odoo's shell, see `Instance.shell`.
PLANT = r'''
import json

ROLES = (
    "base.group_user mcp_core.group_user base.group_partner_manager"
    " sales_team.group_sale_manager project.group_project_manager"
    " purchase.group_purchase_manager stock.group_stock_manager"
    " account.group_account_manager product.group_product_manager"
    " base.group_multi_company base.group_allow_export base.group_multi_currency"
    " uom.group_uom product.group_product_variant crm.group_use_lead"
)
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
#: Fields of contacts that may be read; all others are hidden.
PARTNER = (
    "name display_name complete_name active parent_id child_ids is_company type lang"
    " tz user_id user_ids company_id city country_id category_id industry_id color"
    " create_date write_date create_uid write_uid sale_order_ids opportunity_ids"
    " property_product_pricelist commercial_partner_id message_ids activity_ids"
    # what the display name shows, which is listed
    " commercial_company_name company_name"
    " bank_ids parent_path partner_share same_vat_partner_id company_type employee"
)
LINE_HIDDEN = (
    "price_unit price_subtotal price_total price_tax price_reduce_taxexcl"
    " price_reduce_taxinc untaxed_amount_invoiced untaxed_amount_to_invoice"
    " amount_invoiced amount_to_invoice technical_price_unit tax_ids"
    " price_unit_discounted_taxexc discount amount_to_invoice_at_date display_name"
)


def main(env):
    """Return keys by login, and ids by name of what was planted."""
    env = env(context={**env.context, "tracking_disable": True})
    held = env["res.groups"].create({"name": "Held"})
    told = {"keys": {}, "users": {}, "ids": {}}
    ids = told["ids"]
    roles = [ref.id for ref in (env.ref(n, False) for n in ROLES.split()) if ref]
    system = env.ref("base.group_system").id
    manager = env.ref("mcp_core.group_manager").id
    other = env["res.company"].create({"name": "Second Company"})
    for login, more in (
        ("clerk", [held.id]),
        ("boss", [held.id, system, manager]),
        ("free", [system, manager]),
    ):
        user = env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": login.title(),
                "login": login,
                "company_ids": [(6, 0, [env.company.id, other.id])],
                "company_id": env.company.id,
                "group_ids": [(6, 0, roles + more)],
            }
        )
        keys = env["res.users.apikeys"].with_user(user).sudo()
        told["keys"][login] = keys._generate(None, "security", None)
        told["users"][login] = user.id
        # what a user may see of themselves in Odoo
        user.partner_id.write(
            {"email": f"kanari-own-{login}@leak.example", "phone": "+32884209999"}
        )
        user.signature = "<p>Regards</p>"

    # ---- contacts
    partners = env["res.partner"]

    def contact(name, number, **values):
        return partners.create(
            {
                "name": name,
                "email": f"Kanari-Email-{number}@leak.example",
                "phone": f"+3288420{number:04}",
                "vat": f"KANARIVAT{number}",
                "ref": f"kanari-ref-{number}",
                "street": f"Kanari Street {number}",
                "function": f"Kanari function {number}",
                "website": f"http://kanari-site-{number}.example",
                "comment": f"<p>kanari comment {number}</p>",
                "barcode": f"88430{number:04}",
                "image_1920": PNG,
                **values,
            }
        )

    industry = env["res.partner.industry"].create({"name": "Kanari industry 1"})
    parent = contact("Visible Firm", 1, is_company=True, industry_id=industry.id)
    child = contact("Visible Person", 2, parent_id=parent.id, type="contact")
    gone = contact("Visible Archived", 3, active=False)
    abroad = contact("Visible Abroad", 4, company_id=other.id)
    ids |= {
        "parent": parent.id,
        "child": child.id,
        "archived": gone.id,
        "abroad": abroad.id,
        "industry": industry.id,
        "company": env.company.id,
        "other": other.id,
    }
    bank = env["res.partner.bank"].create(
        {"acc_number": "VISIBLE1", "partner_id": parent.id}
    )
    ids["bank"] = bank.id
    # a tracked change, messages and activities
    clerk = env["res.users"].browse(told["users"]["clerk"])
    model_of = env["ir.model"]._get_id
    kind = env.ref("mail.mail_activity_data_todo")

    # ---- a model that is closed: tasks
    project = env["project.project"].create({"name": "Visible Project"})
    task = env["project.task"].create(
        {
            "name": "Kanari task 1",
            "description": "<p>kanari task description</p>",
            "project_id": project.id,
            "partner_id": parent.id,
            "user_ids": [(6, 0, list(told["users"].values()))],
        }
    )
    ids |= {"project": project.id, "task": task.id}

    # ---- records that are closed: leads with three stars
    leads = env["crm.lead"]
    open_lead = leads.create(
        {
            "name": "Visible lead",
            "type": "opportunity",
            "partner_id": parent.id,
            "priority": "1",
        }
    )
    closed_lead = leads.create(
        {
            "name": "Kanari lead 1",
            "type": "opportunity",
            "partner_id": parent.id,
            "priority": "3",
            "expected_revenue": 7733001.0,
        }
    )
    ids |= {"lead": open_lead.id, "closed_lead": closed_lead.id}
    more = [{"name": f"Kanari lead {n}", "priority": "3"} for n in (2, 3)]
    told["more_leads"] = leads.create(more).ids

    # ---- products without their costs
    product = env["product.product"].create(
        {
            "name": "Visible product",
            "list_price": 100.0,
            "standard_price": 7731001.0,
            "type": "consu",
            "is_storable": True,
        }
    )
    cheap = env["product.product"].create(
        {
            "name": "Visible cheap product",
            "list_price": 50.0,
            "standard_price": 7731000.0,
            "is_storable": True,
        }
    )
    product.with_company(other).standard_price = 7731501.0
    ids |= {
        "product": product.id,
        "cheap": cheap.id,
        "template": product.product_tmpl_id.id,
    }

    # ---- orders whose lines have no prices
    orders = env["sale.order"]
    order = orders.create(
        {
            "partner_id": parent.id,
            "order_line": [
                (
                    0,
                    0,
                    {
                        "product_id": product.id,
                        "price_unit": 7732001.0,
                        "tax_ids": False,
                    },
                )
            ],
        }
    )
    done = orders.create(
        {
            "partner_id": child.id,
            "order_line": [
                (
                    0,
                    0,
                    {
                        "product_id": product.id,
                        "price_unit": 7732002.0,
                        "tax_ids": False,
                    },
                )
            ],
        }
    )
    done.action_confirm()
    ids |= {
        "order": order.id,
        "line": order.order_line.id,
        "done": done.id,
        "done_line": done.order_line.id,
    }
    for picking in done.picking_ids:
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.with_context(skip_sanity_check=True).button_validate()
    invoice = done._create_invoices()
    ids |= {"invoice": invoice.id}

    # ---- a hidden hierarchy
    tags = env["res.partner.category"]
    above = tags.create({"name": "Visible above"})
    below = tags.create({"name": "Visible below", "parent_id": above.id})
    apart = tags.create({"name": "Visible apart"})
    ids |= {"above": above.id, "below": below.id, "apart": apart.id}
    parent.category_id = below

    # ---- more that points at them
    event = env["calendar.event"].create(
        {
            "name": "Visible event",
            "start": "2026-12-01 09:00:00",
            "stop": "2026-12-01 10:00:00",
            "partner_ids": [(6, 0, [child.id])],
        }
    )
    order.opportunity_id = closed_lead
    order.message_subscribe([parent.id])
    ids["event"] = event.id
    template = env["mail.template"].create(
        {
            "name": "Visible template",
            "model_id": model_of("sale.order"),
            "subject": "About {{ object.partner_id.email }}",
            "body_html": "<p>Sum <t t-out='object.amount_total'/></p>",
        }
    )
    ids["template_of_orders"] = template.id
    action = env["ir.actions.server"].create(
        {
            "name": "Visible action",
            "model_id": model_of("res.partner"),
            "state": "code",
            "code": "result['told'] = records.mapped('email')",
        }
    )
    env["mcp.tool"].create(
        {
            "name": "tell_address",
            "title": "Tell Address",
            "description": "Tell the address of a contact.",
            "category": "records",
            "server_action_id": action.id,
            "input_schema": json.dumps(
                {
                    "type": "object",
                    "properties": {
                        "ids": {"type": "array", "items": {"type": "integer"}},
                    },
                    "required": ["ids"],
                    "additionalProperties": False,
                }
            ),
        }
    )

    # ---- what is kept about all of these elsewhere
    for name, record in (
        ("parent", parent),
        ("task", task),
        ("lead", open_lead),
        ("closed_lead", closed_lead),
        ("order", order),
    ):
        message = record.with_user(clerk).sudo().message_post(
            body=f"Visible words about {name}", message_type="comment"
        )
        ids[f"{name}_message"] = message.id
        activity = env["mail.activity"].create(
            {
                "res_model_id": model_of(record._name),
                "res_id": record.id,
                "user_id": clerk.id,
                "activity_type_id": kind.id,
                "summary": "Visible",
            }
        )
        ids[f"{name}_activity"] = activity.id
        attachment = env["ir.attachment"].create(
            {
                "name": f"kanari-file-{name}.txt"
                if name in ("task", "closed_lead")
                else f"visible-{name}.txt",
                "raw": f"kanari content of {name}"
                if name in ("task", "closed_lead")
                else "visible content",
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        ids[f"{name}_attachment"] = attachment.id
    image = env["ir.attachment"].search(
        [
            ("res_model", "=", "res.partner"),
            ("res_id", "=", parent.id),
            ("res_field", "=", "image_1920"),
        ]
    )
    ids["image_attachment"] = image.id
    image.write({"name": "kanari-image.png"})
    for record, values in (
        (parent, {"email": "Kanari-Email-1@leak.example"}),
        (task, {"name": "Kanari task 1"}),
    ):
        message = record.message_post(body="Visible change")
        [(name, value)] = values.items()
        env["mail.tracking.value"].create(
            {
                "mail_message_id": message.id,
                "field_id": env["ir.model.fields"]._get(record._name, name).id,
                "old_value_char": f"kanari-old-{name}",
                "new_value_char": value,
            }
        )
        ids[f"{record._table}_tracked"] = message.id
    message = parent.message_post(
        body="Visible letter",
        author_id=child.id,
        message_type="email",
        email_from="Kanari-Email-2@leak.example",
    )
    ids["letter"] = message.id

    # ---- access records
    records = env["mcp.access.record"].sudo()
    methods = {
        "res.partner": "create_company",
        "product.product": "",
        "sale.order.line": "",
        "res.partner.category": "",
    }

    def fields_of(model, names):
        return env["ir.model.fields"].search(
            [("model", "=", model), ("name", "in", list(names))]
        )

    def hide(model, *, shown=None, **values):
        everything = {
            "perm_create": True,
            "perm_write": True,
            "perm_unlink": True,
            "perm_print": True,
        }
        records.create(
            {
                "name": f"All of {model}",
                "model_id": model_of(model),
                "sequence": 90,
                **everything,
            }
        )
        if shown is not None:
            values |= {
                "read_mode": "listed",
                "read_field_ids": [(6, 0, fields_of(model, shown).ids)],
                "method_mode": "listed",
                "methods": methods[model],
            }
        records.create(
            {
                "name": f"Held {model}",
                "model_id": model_of(model),
                "group_ids": [(6, 0, held.ids)],
                "sequence": 1,
                **everything,
                "perm_print": False,
                **values,
            }
        )

    hide("res.partner.category", shown=["name", "color", "active"])
    hide("res.partner", shown=PARTNER.split())
    hide(
        "product.product",
        shown=set(env["product.product"]._fields)
        - {"standard_price", "total_value", "avg_cost", "value_svl"},
    )
    lines = env["sale.order.line"]
    hide("sale.order.line", shown=set(lines._fields) - set(LINE_HIDDEN.split()))
    closed = {"perm_read": False, "perm_create": False, "perm_write": False}
    closed |= {"perm_unlink": False}
    hide("project.task", **closed)
    hide("res.partner.industry", **closed)
    hide("crm.lead", domain="[('priority', '!=', '3')]")
    return told
'''
