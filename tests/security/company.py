"""A company with secrets, and access records that keep them."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from endpoint import Endpoint

#: What stands in a hidden field, with the number of its record.
CANARY = "canaryqx"
#: A price that nothing else costs, and what a client would see of it.
PRICE = 73519.37

_PREPARE = '''
def main(env, canary, price):
    """Plant what is to be hidden; return where, and what may be looked at."""
    admin, demo = env.ref("base.user_admin"), env.ref("base.user_demo")
    partners = env["res.partner"].search([("is_company", "=", True)], limit=4)
    contacts = env["res.partner"].search([("parent_id", "in", partners.ids)], limit=4)
    people = partners | contacts | admin.partner_id | demo.partner_id
    for partner in people:
        partner.write(
            {
                "email": f"{canary}{partner.id}@leak.example",
                "phone": f"+3249900{partner.id:04}",
                "ref": f"{canary}ref{partner.id}",
                "comment": f"<p>{canary}comment{partner.id}</p>",
                "website": f"https://{canary}{partner.id}.example",
            }
        )
    # tracked by mail, as old and new value
    partners[0].email = f"{canary}new@leak.example"
    products = env["product.template"].search([("sale_ok", "=", True)])
    single = products.filtered(lambda product: len(product.product_variant_ids) == 1)
    product = single[0].product_variant_id
    product.standard_price = price
    order = env["sale.order"].create(
        {
            "partner_id": partners[0].id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": 1,
                        "price_unit": price})
            ],
        }
    )
    lead = env["crm.lead"].create(
        {"name": f"{canary} lead", "type": "opportunity", "partner_id": partners[0].id,
         "user_id": demo.id}
    )
    env["ir.attachment"].create(
        {"name": f"{canary}.txt", "raw": canary.encode(), "mimetype": "text/plain",
         "res_model": "crm.lead", "res_id": lead.id}
    )
    lead.message_post(body=f"{canary} message")
    lead.activity_schedule("mail.mail_activity_data_todo", summary=f"{canary} activity",
                           user_id=demo.id)
    secret = env["project.project"].create({"name": f"{canary} project"})
    openly = env["project.project"].create({"name": "An open project"})
    task = env["project.task"].create(
        {"name": f"{canary} task", "project_id": secret.id,
         "user_ids": [(6, 0, demo.ids)]}
    )
    other = env["project.task"].create(
        {"name": "An open task", "project_id": openly.id,
         "user_ids": [(6, 0, demo.ids)]}
    )
    child = env["project.task"].create(
        {"name": "An open subtask", "project_id": openly.id, "parent_id": other.id,
         "user_ids": [(6, 0, demo.ids)]}
    )
    other.write({"depend_on_ids": [(4, task.id)]})
    country = env.ref("base.be")
    partners[0].country_id = country
    fields, model_of = env["ir.model.fields"], env["ir.model"]._get_id
    every = {"perm_read": True, "perm_create": True, "perm_write": True,
             "perm_unlink": True}

    def record(model, hidden=None, **values):
        values = {"name": f"The record of {model}", "model_id": model_of(model),
                  **every, **values}
        if hidden:
            shown = [
                number for name, number in fields._get_ids(model).items()
                if not any(word in name for word in hidden)
            ]
            values |= {"read_mode": "listed", "read_field_ids": [(6, 0, shown)]}
        return env["mcp.access.record"].create(values).id

    records = [
        # all that has to do with them, and the texts that are made of them
        record("res.partner", ["email", "phone", "ref", "comment", "website",
                               "contact_address", "parent_id", "child_ids",
                               "commercial", "complete_name"]),
        record("product.product", ["standard_price"]),
        # its name shows the customer's reference
        record("sale.order.line", ["price", "margin", "discount", "amount", "untaxed",
                                   "display_name"]),
        record("crm.lead", perm_read=False, perm_create=False, perm_write=False,
               perm_unlink=False),
        record("res.country", perm_read=False),
        record("project.project", domain="[('name', 'not ilike', '%s')]" % canary),
        record("project.task", domain="[('name', 'not ilike', '%s')]" % canary),
    ]
    env["mcp.access.record"].browse(records).active = False
    for user in (admin, demo):
        user.group_ids += env.ref("mcp_core.group_user")
    return {
        "records": records,
        "partner": partners[0].id,
        "other": partners[1].id,
        "contact": contacts[0].id,
        "parent": contacts[0].parent_id.id,
        "user": demo.id,
        "admin": admin.id,
        "own": demo.partner_id.id,
        "product": product.id,
        "template": product.product_tmpl_id.id,
        "order": order.id,
        "line": order.order_line.id,
        "lead": lead.id,
        "project": secret.id,
        "task": task.id,
        "open_task": other.id,
        "subtask": child.id,
        "email": partners[0].email,
        "phone": partners[0].phone,
        "country": country.id,
        "company": env.company.id,
        "canary": canary,
        "price": price,
    }
'''

_SWITCH = """
def main(env, records, active):
    env["mcp.access.record"].browse(records).active = active
    env.cr.commit()
    # as a request does in the end: the servers forget what they remember
    env.registry.signal_changes()
"""


@dataclass(frozen=True)
class House:
    """A server, and what is in its database.

    ids: numbers and texts by name, for the arguments of calls
    """

    instance: Any
    ids: dict[str, Any]

    def caller(self, login):
        return Endpoint(self.instance.url, self.instance.keys[login])

    def lock(self, locked):
        """Switch the access records on or off."""
        self.instance.shell(_SWITCH, records=self.ids["records"], active=locked)


def told(value):
    """Return what a client can read of an answer, as one text in lower case."""
    return json.dumps(value, ensure_ascii=False).lower()


@contextmanager
def built(canary, price):
    """Build a :class:`House` with such secrets, its access records switched off."""
    from bootstrap.instance import Instance

    with Instance.clone(workers=0, channels="root:0") as instance:
        yield House(instance, instance.shell(_PREPARE, canary=canary, price=price))
