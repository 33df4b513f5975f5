"""Values as a seed makes them, as MCP takes them and as Odoo's own API does."""

_TEXTS = ["Renamed", "a <b>bold</b> word", "x", " spaces ", "1.5", "\u00e9\u4e2d"]
# a line that is given to one record is taken from another
_SKIPPED = (
    "one2many",
    "properties",
    "properties_definition",
    "json",
    "reference",
    "binary",
)
#: Would change what the comparison stands on.
_LEFT = frozenset({"id", "create_uid", "write_uid", "create_date", "write_date"})


class Changes:
    """Draws values by `random`.

    :param models: as conftest tells of them
    :param users: ids of users, to give records to
    """

    def __init__(self, random, models, users):
        self._random = random
        self._pick = random.choice
        self._models = models
        self._users = users

    def values(self, model):
        """Return the same values twice: for MCP, and for Odoo's own API."""
        fields = self._models[model]["fields"]
        names = sorted(
            name
            for name, told in fields.items()
            if told["type"] not in _SKIPPED and name not in _LEFT
        )
        likely = [name for name in names if not fields[name]["readonly"]]
        ours, theirs = {}, {}
        for _ in range(self._pick([1, 1, 2, 3])):
            name = self._pick(likely if self._random.random() < 0.9 else names)
            ours[name], theirs[name] = self._value(fields[name])
        return ours, theirs

    def as_ours(self, model, values):
        """Return values for Odoo's own API as MCP takes them."""
        fields = self._models[model]["fields"]
        return {
            name: f"{value.replace(' ', 'T')}+00:00"
            if fields[name]["type"] == "datetime"
            else value
            for name, value in values.items()
        }

    def _value(self, told):
        kind = told["type"]
        if kind == "datetime":
            stored = self._pick(["2026-12-01 09:30:00", "2027-03-28 00:30:00"])
            return f"{stored.replace(' ', 'T')}+00:00", stored
        if kind == "many2one":
            if told["relation"] == "res.users":
                return (self._pick(self._users),) * 2
            known = self._models.get(told["relation"], {}).get("ids") or [1]
            value = self._pick([*known, known[0], False, 999999])
            return value or None, value
        if kind == "many2many":
            known = self._models.get(told["relation"], {}).get("ids") or [1]
            ids = sorted({self._pick(known) for _ in range(self._pick([0, 1, 2]))})
            return ids, [[6, 0, ids]]
        value = self._plain(kind, told)
        return value, value

    def _plain(self, kind, told):
        if kind == "boolean":
            return self._pick([True, False])
        if kind in ("integer", "many2one_reference"):
            return self._pick([0, 1, 3, 99])
        if kind in ("float", "monetary"):
            return self._pick([0.0, 1.0, 12.34, 1000.0])
        if kind == "date":
            return self._pick(["2026-12-24", "2027-01-01"])
        if kind == "selection" and told.get("selection"):
            return self._pick(told["selection"])
        return self._pick(_TEXTS)
