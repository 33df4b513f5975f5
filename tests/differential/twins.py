"""Pairs of equal records, of which one is changed through each door.

A change through MCP is right when it leaves its twin as Odoo's own API leaves the
other, and when a refusal leaves it as it was.
"""

import time
from dataclasses import dataclass

from json2 import Refused

#: Kept by Odoo, or different from twin to twin by their nature.
_OWN = frozenset(
    {
        *("id", "create_date", "write_date", "create_uid", "write_uid", "name_seq"),
        *("display_name", "access_token", "access_url", "message_ids", "uuid"),
        *("message_follower_ids", "parent_path", "website_message_ids", "sequence"),
        # estimated from all other leads, which change at the same time
        *("probability", "automated_probability"),
        # from when it was made, to the microsecond, to when it was closed, to the
        # second before: a day that is over or one that has not begun
        *("day_open", "day_close"),
    }
)
#: From so many twins is learned what they have in common.
_PAIRS = 4
#: So often they are made again where somebody else was quicker, and waited, in seconds.
_TRIES = 5
_PAUSE = 0.5
_RELATED = ("one2many", "binary", "properties", "properties_definition")


@dataclass(frozen=True, slots=True)
class Twins:
    """Two records, made alike by the administrator.

    owner: the login of the user whose they are
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
        """
        :raise Refused: somebody else took what may be there only once
        """
        values = self.values(model, owner)
        ids = self._api.call(model, "create", vals_list=[values, values])
        return Twins(model, *ids, owner)

    def seen(self, model, id):
        """Return the stored values that twins have in common, nothing where there is
        no record."""
        if model not in self._alike:
            # set when it is known: others look at this model at the same time
            self._alike[model] = self._in_common(model)
        return self._read(model, id, self._alike[model])

    def _in_common(self, model):
        """Return the names of what twins have in common: numbers and tokens differ
        always, colours that are drawn not each time."""
        names = self._stored(model)
        for _ in range(_PAIRS):
            twins = self._patient_twins(model)
            first = self._read(model, twins.first, names)
            second = self._read(model, twins.second, names)
            names = [name for name in names if first[name] == second[name]]
            self.forget(model, twins.first, twins.second)
        return names

    def _patient_twins(self, model):
        for _ in range(_TRIES):
            try:
                return self.twins(model, "admin")
            except Refused:
                time.sleep(_PAUSE)
        return self.twins(model, "admin")

    def _read(self, model, id, names):
        records = self._api.call(
            model,
            "search_read",
            domain=[["id", "=", id]],
            fields=names,
            context={"active_test": False},
        )
        return records[0] | {"id": None} if records else None

    def came_along(self, twins, name, one, other):
        """Return whether two values of a field are records that the changes made and
        that are alike themselves: each task that repeats gets a recurrence of its own,
        each project a status, which knows its project."""
        told = self._models[twins.model]["fields"][name]
        if told["type"] != "many2one" or not (one and other):
            return False
        model = told["relation"]
        ids = one[0], other[0]
        if ids[0] == ids[1] or set(ids) & set(self._models[model]["ids"]):
            return False
        names = self._stored(model)
        first, second = (self._read(model, id, names) for id in ids)
        return all(
            first[stored] == second[stored]
            or [_id(first[stored]), _id(second[stored])] == [twins.first, twins.second]
            for stored in names
        )

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


def _id(value):
    return value[0] if isinstance(value, list) and value else None


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
