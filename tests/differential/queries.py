"""Questions as a seed makes them, in the words of both doors."""

from dataclasses import dataclass, field

_TEXTS = ["a", "e", "Az", "S0", "%", "Mitchell", "0", "o_", "Acme", "\\"]
_MOMENTS = ["2026-01-31 13:00:00", "2026-11-20 08:30:00", "2020-06-01 00:00:00"]
_DATES = ["2026-01-31", "2026-11-20", "2020-06-01"]
_NUMBERS = [0, 1, 2, 10, 100.5, -1]
_COMPARISONS = ["=", "!=", "<", "<=", ">", ">="]
_TEXT_OPERATORS = ["=", "!=", "like", "ilike", "not ilike", "=like", "=ilike", "in"]
_SUMMED = ("integer", "float", "monetary")
_GROUPED = ("many2one", "selection", "boolean", "char", "integer")


#: Of these Odoo drops records after it has made a page; MCP gives whole pages.
FILTERED_LATE = ("mail.message", "mail.activity")
#: More than there are of them in demo data.
ALL = 100_000


def _looked_for(model, limit):
    """Return how many records MCP looks for: one more, to know of a next page.

    It matters where Odoo drops records after it has counted them.
    """
    return limit + (model in FILTERED_LATE)


@dataclass(slots=True)
class Query:
    """One question.

    tool, arguments: for MCP; method, parameters: for Odoo's API
    """

    model: str
    tool: str
    arguments: dict
    method: str
    parameters: dict
    names: list = field(default_factory=list)


class Questions:
    """Draws questions by `random` about `models`, as conftest tells of them."""

    def __init__(self, random, models):
        self._random = random
        self._pick = random.choice
        self._models = models

    def query(self):
        """Return a :class:`Query`."""
        # half of them where people work, the others anywhere
        busy = [name for name in _BUSY if name in self._models]
        model = self._pick([self._pick(busy), self._pick(sorted(self._models))])
        kind = self._pick(
            ["search"] * 5 + ["read"] * 2 + ["count", "name", "aggregate"]
        )
        return getattr(self, f"_{kind}")(model)

    def _fields(self, model):
        return self._models[model]["fields"]

    def _some_fields(self, model):
        names = sorted(
            name
            for name, told in self._fields(model).items()
            if told["type"] not in ("binary", "properties", "properties_definition")
        )
        return self._random.sample(names, min(len(names), self._random.randint(1, 6)))

    def _search(self, model):
        ours, theirs = self._domain(model)
        names = self._some_fields(model)
        order = self._order(model)
        limit, offset = self._random.randint(1, 40), self._pick([0, 0, 0, 1, 5])
        page = {"fields": names, "order": order, "limit": limit, "offset": offset}
        whole = {"limit": ALL, "offset": 0} if model in FILTERED_LATE else {}
        return Query(
            model,
            "search",
            {"model": model, "domain": ours, **page, "html": True},
            "search_read",
            {"domain": theirs, **page, **whole},
            names,
        )

    def _read(self, model):
        names = self._some_fields(model)
        known = self._models[model]["ids"] or [1]
        ids = sorted({self._pick([*known, 1, 999999]) for _ in range(3)})
        return Query(
            model,
            "read",
            {"model": model, "ids": ids, "fields": names, "html": True},
            "read",
            {"ids": ids, "fields": names},
            names,
        )

    def _count(self, model):
        ours, theirs = self._domain(model)
        return Query(
            model,
            "count",
            {"model": model, "domain": ours},
            "search_count",
            {"domain": theirs},
        )

    def _name(self, model):
        ours, theirs = self._domain(model)
        name, limit = self._pick(["", *_TEXTS]), self._random.randint(1, 30)
        return Query(
            model,
            "name_search",
            {"model": model, "name": name, "domain": ours, "limit": limit},
            "name_search",
            {"name": name, "domain": theirs, "limit": _looked_for(model, limit)},
        )

    def _aggregate(self, model):
        ours, theirs = self._domain(model)
        fields = self._fields(model)
        stored = sorted(name for name, told in fields.items() if told["groupable"])
        groups = [name for name in stored if fields[name]["type"] in _GROUPED]
        summed = [
            name
            for name in stored
            if fields[name]["type"] in _SUMMED and name not in ("id", "sequence")
        ]
        groupby = [self._pick(groups)] if groups else []
        if self._random.random() < 0.3:
            groupby = [f"create_date:{self._pick(['month', 'year', 'day'])}"]
        measures = [f"{self._pick(summed)}:sum"] if summed else []
        return Query(
            model,
            "aggregate",
            {
                "model": model,
                "domain": ours,
                "groupby": groupby,
                "measures": measures,
                "limit": 500,
            },
            "formatted_read_group",
            {
                "domain": theirs,
                "groupby": groupby,
                "aggregates": ["__count", *measures],
            },
            measures,
        )

    def _order(self, model):
        stored = sorted(
            name for name, told in self._fields(model).items() if told["groupable"]
        )
        if not stored or self._random.random() < 0.5:
            return "id"
        return f"{self._pick(stored)} {self._pick(['asc', 'desc'])}, id"

    # ------------------------------------------------------------
    # Domains
    # ------------------------------------------------------------

    def _domain(self, model):
        """Return a domain twice: as MCP reads it, and as Odoo does."""
        ours, theirs = [], []
        for _ in range(self._pick([0, 1, 1, 2, 3])):
            leaf = self._leaf(model)
            if leaf:
                name, operator, our_value, their_value = leaf
                ours.append([name, operator, our_value])
                theirs.append([name, operator, their_value])
        for domain_operator in self._random.sample(["|", "!", "&"], len(ours) > 1):
            ours.insert(0, domain_operator)
            theirs.insert(0, domain_operator)
        return ours, theirs

    def _leaf(self, model, prefix="", depth=0):
        name = self._pick(sorted(self._fields(model)))
        told = self._fields(model)[name]
        kind = told["type"]
        comodel = told.get("relation")
        if comodel in self._models and depth < 2 and self._random.random() < 0.4:
            return self._leaf(comodel, f"{prefix}{name}.", depth + 1)
        name = f"{prefix}{name}"
        if kind == "datetime":
            moment = self._pick(_MOMENTS)
            told = moment.replace(" ", "T") + "+00:00"
            return name, self._pick(_COMPARISONS), told, moment
        operator, value = self._condition(kind, told)
        return name, operator, value, value

    def _condition(self, kind, told):
        if kind == "boolean":
            return self._pick(["=", "!="]), self._pick([True, False])
        if kind == "date":
            return self._pick(_COMPARISONS), self._pick(_DATES)
        if kind in ("integer", "float", "monetary"):
            return self._pick(_COMPARISONS), self._pick(_NUMBERS)
        if kind == "selection" and told.get("selection"):
            value = self._pick(told["selection"])
            operator = self._pick(["=", "!=", "in", "not in"])
            return operator, [value] if "in" in operator else value
        if kind in ("many2one", "one2many", "many2many"):
            ids = [self._random.randint(1, 15) for _ in range(3)]
            return self._pick(
                [
                    ("in", ids),
                    ("not in", ids),
                    ("=", False),
                    ("!=", False),
                    ("=", ids[0]),
                    ("ilike", self._pick(_TEXTS)),
                ]
            )
        operator = self._pick(_TEXT_OPERATORS)
        text = self._pick([*_TEXTS, False] if operator in ("=", "!=") else _TEXTS)
        return operator, [text] if operator == "in" else text


_BUSY = [
    *("res.partner", "res.users", "sale.order", "sale.order.line", "crm.lead"),
    *("account.move", "account.move.line", "calendar.event", "mail.message"),
    *("project.task", "product.template", "product.product", "stock.picking"),
    *("purchase.order", "ir.attachment", "res.company", "crm.tag", "hr.employee"),
    *("mail.activity", "project.project", "stock.quant", "res.country"),
]
