"""Pairs of equal records, of which one is changed through each door.

A change through MCP is right when it leaves its twin as Odoo's own API leaves the
other, and when a refusal leaves it as it was.
"""

from dataclasses import dataclass

from json2 import Refused

#: Kept by Odoo, or different from twin to twin by their nature.
_OWN = frozenset(
    {
        *("id", "create_date", "write_date", "create_uid", "write_uid", "name_seq"),
        *("display_name", "access_token", "access_url", "message_ids", "uuid"),
        *("message_follower_ids", "parent_path", "website_message_ids", "sequence"),
    }
)
_RELATED = ("one2many", "binary", "properties", "properties_definition")


@dataclass(frozen=True, slots=True)
class Twins:
    """Two records, made alike by the administrator.

    owner: the name of the user whose they are
    """

    model: str
    first: int
    second: int
    owner: str


class Nursery:
    """Makes twins and looks at them, as the administrator through Odoo's own API."""

    def __init__(self, house, admin):
        self._api = admin.json2
        self._people = {login: told["id"] for login, told in house.prepared.items()}
        self._models = house.models
        self._alike = house.alike

    @property
    def models(self):
        """The names of the models that there can be twins of."""
        return sorted(name for name in _VALUES if name in self._models)

    def values(self, model, owner):
        """Return what a new record of *model* needs."""
        return {
            name: value(self._people[owner]) if callable(value) else value
            for name, value in _VALUES[model].items()
        }

    def twins(self, model, owner):
        values = self.values(model, owner)
        ids = self._api.call(model, "create", vals_list=[values, values])
        return Twins(model, *ids, owner)

    def seen(self, model, id):
        """Return the stored values that twins have in common, nothing where there is
        no record."""
        if model not in self._alike:
            self._alike[model] = self._stored(model)
            twins = self.twins(model, "admin")
            first, second = (
                self.seen(model, twins.first),
                self.seen(model, twins.second),
            )
            # such as numbers and tokens
            self._alike[model] = [name for name in first if first[name] == second[name]]
            self.forget(model, twins.first, twins.second)
        records = self._api.call(
            model,
            "search_read",
            domain=[["id", "=", id]],
            fields=self._alike[model],
            context={"active_test": False},
        )
        return records[0] | {"id": None} if records else None

    def _stored(self, model):
        fields = self._models[model]["fields"]
        return [
            name
            for name in self._api.call(model, "fields_get", attributes=["type"])
            if fields[name]["store"]
            and fields[name]["type"] not in _RELATED
            and name not in _OWN
        ]

    def forget(self, model, *ids):
        """Delete what is still there, if it can be."""
        for id in ids:
            try:
                self._api.call(model, "unlink", ids=[id])
            except Refused:
                pass


def _same(user):
    return user


_VALUES = {
    "res.partner": {"name": "Twin", "user_id": _same},
    "res.partner.category": {"name": "Twin"},
    "crm.lead": {"name": "Twin", "type": "opportunity", "user_id": _same},
    "sale.order": {"partner_id": 1, "user_id": _same},
    "calendar.event": {
        "name": "Twin",
        "start": "2026-12-01 09:00:00",
        "stop": "2026-12-01 10:00:00",
        "user_id": _same,
    },
    "project.project": {"name": "Twin", "user_id": _same},
    "project.task": {"name": "Twin", "user_ids": lambda user: [[6, 0, [user]]]},
    "product.template": {"name": "Twin"},
    "purchase.order": {"partner_id": 1},
    "stock.picking.type": {"name": "Twin", "code": "incoming", "sequence_code": "T"},
    "account.journal": {"name": "Twin", "type": "general"},
    "res.bank": {"name": "Twin"},
    "utm.campaign": {"name": "Twin"},
    "mail.activity.type": {"name": "Twin"},
    "ir.attachment": {"name": "Twin", "res_model": "res.partner", "res_id": 1},
    "ir.filters": {"name": "Twin", "model_id": "res.partner", "user_ids": []},
}
