"""Runs within Odoo's shell: what is searched, and who may.

`main` is called with the shell's `env`; what it returns goes back as JSON.
"""

from datetime import datetime, timedelta

_CITIES = ("Brussels", "Lyon", "Porto", "Kraków", "Malmö", "İzmir", "Graz", "Cork")
_MODELS = (
    "res.partner",
    "sale.order",
    "sale.order.line",
    "purchase.order",
    "account.move",
    "account.move.line",
    "product.template",
    "product.product",
    "stock.picking",
    "crm.lead",
    "project.task",
    "calendar.event",
)


def main(env, partners):
    """Makes so many partners, access records, and keys of demo.

    :return: keys in clear text by what they are good for
    """
    countries = env["res.country"].search([], limit=40).ids
    first = datetime(2020, 1, 1)
    model = env["res.partner"].with_context(tracking_disable=True, active_test=False)
    for begin in range(0, partners, 1000):
        made = model.create(
            [
                {
                    "name": f"Partner {number:05}",
                    "email": f"partner{number}@example.com",
                    "phone": f"+32 2 555 {number:05}",
                    "street": f"Rue de l'Été {number % 300}",
                    "city": _CITIES[number % len(_CITIES)],
                    "zip": f"{number % 10000:04}",
                    "country_id": countries[number % len(countries)],
                    "is_company": number % 3 == 0,
                }
                for number in range(begin, min(begin + 1000, partners))
            ]
        )
        env.flush_all()
        # all of one second would be no order to sort by
        env.cr.execute(
            "UPDATE res_partner SET create_date = %s + make_interval(mins => id)"
            " WHERE id = ANY(%s)",
            [first + timedelta(minutes=begin), made.ids],
        )
        env.cr.commit()
        env.invalidate_all()
    for model_name in _MODELS:
        env["mcp.access.record"].create(
            {"model_id": env["ir.model"]._get_id(model_name)}
        )
    demo = env["res.users"].search([("login", "=", "demo")])
    demo.tz = "UTC"
    env.ref("base.group_system").user_ids -= demo
    keys = env["res.users.apikeys"].with_user(demo).sudo()
    env["ir.config_parameter"].set_param("mcp_core.answer_bytes", str(4 << 20))
    env["ir.config_parameter"].set_param("mcp_security.rate_per_minute", "100000")
    env["ir.config_parameter"].set_param("mcp_security.rate_burst", "10000")
    env.cr.commit()
    env.cr.execute("ANALYZE")
    return {
        "mcp": keys._generate("mcp", "bench", None),
        "rpc": keys._generate("rpc", "bench", None),
    }
