"""Runs within Odoo's shell: every field of every model, read by both ways.

`main` is called with the shell's `env`; what it returns goes back as JSON.
"""

import random
from collections import Counter

from odoo.exceptions import AccessError, UserError

from odoo.addons.mcp_core import record_reader
from odoo.addons.mcp_core.columns import is_read_as_usual, taken_column
from odoo.addons.mcp_core.record_reader import RecordReader

_RECORDS = 25
_KINDS = ("char", "text", "integer", "float", "boolean", "selection", "date")
#: Name a model, whose rights count: Odoo fails where there is none of that name.
_POINTING = ("model", "res_model")
#: To set one makes a record, whose number is another each time.
_MAKING = ("last_update_status",)


def main(env, seed, full):
    """Read each model as one of several people, in their language and company.

    Before some readings records are changed and not yet written to the database, as
    within a call that writes; everything is undone.

    :param full: as each of them
    :return: counts, and what differed
    """
    order = random.Random(seed)
    _prepare(env)
    people = env["res.users"].search([("login", "in", ("admin", "demo", "reader"))])
    counts, wrong = Counter(), []
    for name in sorted(env.registry):
        model = env[name]
        if model._abstract or model._transient or not model._auto:
            continue
        for user in people if full else [order.choice(people)]:
            context = {
                "lang": order.choice(["en_US", "fr_FR"]),
                "tz": order.choice(["UTC", "Asia/Kolkata", "America/New_York"]),
                "allowed_company_ids": order.choice(user.company_ids).ids,
            }
            theirs = env(user=user.id, context=context)
            _compare(theirs[name], order, counts, wrong)
            env.cr.rollback()
            env.invalidate_all()
        if len(wrong) > 20:
            break
    return {"counts": counts, "wrong": wrong[:20]}


def _prepare(env):
    """Make what demo data has little of: languages, companies, a person with less."""
    env["res.lang"]._activate_lang("fr_FR")
    company = env["res.company"].create({"name": "The Other One"})
    users = env["res.users"].with_context(no_reset_password=True)
    users.create(
        {
            "name": "Reader",
            "login": "reader",
            "group_ids": [(6, 0, [env.ref("base.group_user").id])],
        }
    )
    people = users.search([("login", "in", ("admin", "demo", "reader"))])
    people.company_ids += company
    for model in ("res.partner", "product.template", "res.country"):
        for record in env[model].search([], limit=15):
            record.with_context(lang="fr_FR").name = f"{record.name} (fr)"
    for record in env["product.product"].search([], limit=10):
        record.with_company(company).standard_price = 7.25
    for record in env["res.partner"].search([], limit=10):
        record.with_company(company).barcode = f"other-{record.id}"
    env.cr.commit()


def _compare(model, order, counts, wrong):
    try:
        ids = model.with_context(active_test=False).search([], limit=200).ids
        tree = {
            name: {}
            for name, field in model._fields.items()
            if field.type != "binary" and model._has_field_access(field, "read")
        }
    except (AccessError, UserError):
        counts["models refused"] += 1
        return
    records = model.browse(sorted(order.sample(ids, min(len(ids), _RECORDS))))
    if not records:
        return
    changing, fetched = order.random() < 0.3, order.random() < 0.5
    # Of a model that is read in a way of its own no column is taken, and Odoo itself
    # may find other related records than it reads, as with answers to messages.
    fetched = fetched and is_read_as_usual(records)
    for name in tree:
        # among others: what is fetched together is remembered together
        beside = order.sample(list(tree), min(3, len(tree)))
        names = {key: {} for key in (name, *beside)}
        read = _Reading(records, names, changing)
        quick, slow = read.by_columns(counts, fetched), read.by_records()
        counts["compared"] += 1
        if quick != slow:
            wrong.append(
                f"{model._name}: {list(names)} as {model.env.user.login}, "
                f"{dict(model.env.context)}: {_difference(quick, slow)}"
            )


class _Reading:
    """Some fields of some records, read with nothing remembered before."""

    def __init__(self, records, names, changing):
        self.records, self.names, self.changing = records, names, changing

    def by_columns(self, counts, fetched):
        def taken(records, name):
            values = taken_column(records, name)
            counts["columns taken"] += values is not None
            return values

        record_reader.taken_column = taken
        try:
            return self._read(fetched)
        finally:
            record_reader.taken_column = taken_column

    def by_records(self):
        """As Odoo's ``read`` has it."""
        record_reader.is_read_as_usual = lambda records: False
        try:
            return self._read(False)
        finally:
            record_reader.is_read_as_usual = is_read_as_usual

    def _read(self, fetched):
        """Return what is read and how many characters were removed, or an error."""
        records, cr = self.records, self.records.env.cr
        records.env.transaction.clear()
        cr.execute("SAVEPOINT reading")
        try:
            if self.changing:
                self._change()
            if fetched:
                records = records.with_context(active_test=False).search_fetch(
                    [("id", "in", records.ids)], list(self.names), order="id"
                )
                records = records.with_env(self.records.env)
            reader = RecordReader(records.env)
            return reader.values(records, self.names, fetched=fetched), reader.removed
        except Exception as error:  # noqa: BLE001 both have to fail alike
            return type(error).__name__
        finally:
            records.env.transaction.clear()
            cr.execute("ROLLBACK TO SAVEPOINT reading")

    def _change(self):
        """Change a value of the first record, which is not written yet."""
        for name in self.names:
            field = self.records._fields[name]
            if name in _POINTING + _MAKING or field.type not in _KINDS:
                continue
            if field.store and not field.readonly:
                first = self.records[:1].sudo()
                changed = "Changed\u200b" if field.type == "char" else first[name]
                first[name] = changed
                return


def _difference(quick, slow):
    if isinstance(quick, str) or isinstance(slow, str):
        return f"{str(quick)[:200]} instead of {str(slow)[:200]}"
    for one, other in zip(quick[0], slow[0], strict=False):
        for key, value in other.items():
            if one.get(key, "absent") != value:
                return f"{other['id']}.{key}: {one.get(key)!r} instead of {value!r}"
    return f"{len(quick[0])} records instead of {len(slow[0])}, or what was removed"
