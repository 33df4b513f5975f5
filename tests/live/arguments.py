"""Arguments of tools as a seed makes them: mostly what a tool takes, now and then wild.

What changes something is pointed at records that nothing else depends on: tags, and
contacts; a user's own rights hold for the rest.
"""

import copy

_MODELS = ["res.partner", "res.users", "sale.order", "ir.rule", "mail.message", "base"]
#: What is created, changed and deleted.
_HARMLESS = ["res.partner.category", "crm.tag", "res.partner", "calendar.event"]
#: What nothing holds on to: Odoo logs an error where the database refuses to delete.
_UNBOUND = ["res.partner.category", "crm.tag", "calendar.event", "sale.order"]
_FIELDS = [
    *("name", "id", "display_name", "country_id.code", "child_ids.name", "create_date"),
    *("image_1920", "password", "user_ids", "message_ids", "parent_id", "active"),
    *("color", "credit", "is_company", "lang", "tz_offset", "x" * 300, "name.id"),
]
_WRITTEN = [
    *("name", "color", "active", "parent_id", "child_ids", "category_id", "comment"),
    *("start", "stop", "image_1920", "partner_ids", "lang", "write_date", "bank_ids"),
    *("user_ids", "company_id", "properties", "ref", "nmae", "__class__", "id"),
]
_METHODS = [
    *("action_archive", "action_unarchive", "action_confirm", "action_cancel", "write"),
    *(
        "message_post",
        "message_subscribe",
        "_write",
        "sudo",
        "search",
        "unlink",
        "read",
    ),
    *("address_get", "get_formview_id", "name_create", "__init__", "env", "a b", ""),
    *("action_quotation_send", "open_commercial_entity", "activity_schedule", "x" * 99),
    *("onchange", "web_save", "copy", "get_import_templates", "create_company"),
]
_KEYWORDS = [
    "body",
    "vals",
    "fields",
    "domain",
    "context",
    "self",
    "note",
    "limit",
    "a",
]
_MEASURES = ["amount_total", "__count", "id", "color", "credit_limit", "name", "amount"]
_FUNCTIONS = ["sum", "avg", "min", "max", "count", "count_distinct", "array_agg", ""]
_PERIODS = ["day", "week", "month", "quarter", "year", "hour", "decade", "month_number"]
_OPERATORS = [
    *("=", "!=", "<", ">=", "in", "not in", "like", "ilike", "=ilike", "child_of"),
    *("any", "not any", "any!", "inselect", "IN", "<>", "=?", "parent_of"),
]
_ODD = [
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63 - 1, -(2**63), 1e308, "", "0", "a"),
    *(
        "\x7f",
        "\u202e",
        "\U0001f600",
        "%s",
        "%(a)s",
        "{0}",
        "'; --",
        "../../etc/passwd",
    ),
    *("x" * 5000, [], {}, [[]], [{}], {"": None}, [0] * 500, "2026-02-30", "__class__"),
]
_COMMANDS = [
    *({"create": {"name": "a"}}, {"update": {"id": 1, "name": "b"}}, {"link": 1}),
    *({"unlink": 2}, {"delete": 999999}, {"set": [1, 2]}, {"clear": True}, {"drop": 1}),
    *([0, 0, {"name": "c"}], [6, 0, [1]], [3, 1], [9, 9, 9], [4, "1"], [0], [], 1, "a"),
]
TOOLS = [
    *("search", "read", "count", "list_models", "none", "describe_model", "aggregate"),
    *("name_search", "default_get", "create", "write", "unlink", "method_call"),
    *("post_message", "list_modules", "list_companies"),
]


def odd(random):
    """Return a value that hardly anybody expects."""
    # a copy: what one request breaks further is not for the next one
    return copy.deepcopy(random.choice(_ODD))


class Arguments:
    """Draws arguments by `random`, a random.Random."""

    def __init__(self, random):
        self._random = random
        self._pick = random.choice

    def of(self, tool):
        """Return arguments of *tool*."""
        make = getattr(self, f"_{tool}", None)
        arguments = make() if make else self._conditions()
        if self._random.random() < 0.1:
            arguments["context"] = self._context()
        return arguments

    def _some(self, draw, most=3):
        return [draw() for _ in range(self._random.randint(0, most))]

    def _field(self):
        return self._pick(_FIELDS)

    def _ids(self):
        return self._pick([[1], [2, 1], [1, 2, 999999], [self._random.randint(1, 60)]])

    def _conditions(self):
        return {"model": self._pick(_MODELS), "domain": self._domain(0)}

    def _list_models(self):
        return {"words": self._pick(["sale", "", "contact order"])}

    def _list_modules(self):
        return {"words": self._pick(["sale", "", "%"]), "state": self._pick(["all", 1])}

    def _list_companies(self):
        return {}

    def _describe_model(self):
        arguments = {"model": self._pick([*_MODELS, *_HARMLESS])}
        if self._random.random() < 0.5:
            arguments["fields"] = self._some(self._field)
        else:
            arguments["words"] = self._pick(["delivery date", "x" * 200, "_", "."])
        return arguments

    def _read(self):
        fields = self._some(self._field)
        return {"model": self._pick(_MODELS), "ids": self._ids(), "fields": fields}

    def _search(self):
        arguments = self._conditions()
        arguments["fields"] = self._some(self._field)
        arguments["limit"] = self._random.randint(1, 5)
        some = self._random.randint(0, 3)
        if some == 1:
            arguments["order"] = f"{self._field()} {self._pick(_OPERATORS)}"
        elif some == 2:
            arguments["order"] = self._pick(["name desc", "id", "country_id, id"])
        return arguments

    def _aggregate(self):
        def group():
            return self._pick([self._field(), f"create_date:{self._pick(_PERIODS)}"])

        def measure():
            return f"{self._pick(_MEASURES)}:{self._pick(_FUNCTIONS)}".rstrip(":")

        arguments = self._conditions()
        arguments["groupby"] = self._some(group)
        arguments["measures"] = self._some(measure)
        if self._random.random() < 0.3:
            arguments["order"] = f"{self._pick([group, measure])()} desc"
        return arguments

    def _name_search(self):
        name = self._pick(["Azure", "", "%", "\\", "x" * 200, "\u202e"])
        return {"name": name, **self._conditions()}

    def _default_get(self):
        fields = self._some(lambda: self._pick(_WRITTEN))
        arguments = {"model": self._pick([*_HARMLESS, *_MODELS]), "fields": fields}
        return arguments | self._handle()

    def _create(self):
        records = [self._values() for _ in range(self._pick([1, 1, 1, 2]))]
        arguments = {"model": self._pick(_HARMLESS), "records": records}
        if self._random.random() < 0.2:
            arguments["idempotency_key"] = self._pick(["a", "b", "\0", "x" * 200])
        return arguments | self._handle() | self._dry_run()

    def _write(self):
        model, ids = self._pick(_HARMLESS), self._ids()
        arguments = {"model": model, "ids": ids, "values": self._values()}
        return arguments | self._dry_run()

    def _unlink(self):
        ids = self._pick([[999999], [self._random.randint(10, 300)], self._ids()])
        return {"model": self._pick(_UNBOUND), "ids": ids} | self._dry_run()

    def _method_call(self):
        model, method = self._pick([*_HARMLESS, *_MODELS]), self._pick(_METHODS)
        arguments = {"model": model, "method": method}
        if self._random.random() < 0.8:
            arguments["ids"] = self._ids()
        if self._random.random() < 0.5:
            keywords = self._some(lambda: self._pick(_KEYWORDS))
            arguments["arguments"] = {name: self._value() for name in keywords}
        if self._random.random() < 0.1:
            arguments["idempotency_key"] = self._pick(["a", "b", ""])
        return arguments | self._handle() | self._dry_run()

    def _post_message(self):
        return {
            "model": self._pick([*_HARMLESS, *_MODELS]),
            "id": self._random.randint(1, 60),
            "body": self._pick(["Good morning", "<b>x</b>", "", "\u202e", "x" * 5000]),
            # mails would go nowhere; a note is what the rest of the time is about
            "kind": self._pick(["note", "note", "message", "letter"]),
            "partners": self._some(lambda: self._pick([1, 999999, "Azure", "", {}])),
        }

    def _handle(self):
        if self._random.random() > 0.1:
            return {}
        return {"handle": self._pick(["", "a", "MDAwMDAw", "=" * 200, "\0", "\u20ac"])}

    def _dry_run(self):
        return {"dry_run": True} if self._random.random() < 0.3 else {}

    def _context(self):
        key = self._pick(["lang", "tz", "allowed_company_ids", "active_test", "su"])
        value = self._pick(
            ["en_US", "Europe/Brussels", [1], [], True, odd(self._random)]
        )
        return {key: value}

    def _values(self):
        values = {
            self._pick(_WRITTEN): self._value() for _ in range(self._pick([0, 1, 2]))
        }
        if self._random.random() < 0.8:
            values.setdefault("name", self._pick(["Fuzz", "Azure", "x" * 300]))
        return values

    def _value(self):
        return self._pick(
            [
                odd(self._random),
                odd(self._random),
                self._pick([1, "Azure Interior", "2026-03-29 02:30", {"id": 1}, "red"]),
                self._some(lambda: copy.deepcopy(self._pick(_COMMANDS))),
            ]
        )

    def _domain(self, depth):
        domain = []
        for _ in range(self._random.randint(0, 3)):
            operator = self._pick(_OPERATORS)
            odd_value = odd(self._random)
            value = self._pick([odd_value, [1, 2], ["a"], "Azure", "2024-01-01", 3])
            if "any" in operator and depth < 6:
                value = self._domain(depth + 1)
            domain.append([self._field(), operator, value])
        for _ in range(self._pick([0, 0, 0, 1, 2])):
            domain.insert(0, self._pick(["&", "|", "!", "!", "x"]))
        return domain
