"""What a change would do: carried out, looked at, and undone."""

from odoo import api, models
from odoo.models import MAGIC_COLUMNS
from odoo.tools import frozendict

from .. import dry_run
from ..containment import contained
from ..fences import is_fenced
from ..fields_ranking import default_fields
from ..record_reader import RecordReader, title

_UNREADABLE = frozenset({"binary", "properties_definition"})


class _Undone(Exception):
    """Carries what was seen out of the savepoint that is undone."""

    def __init__(self, outcome):
        super().__init__()
        self.outcome = outcome


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _previewed(self, records, run, fields=()):
        """Return what *run* would change, and leave everything as it was.

        :param records: that are looked at before and after
        :param run: called without arguments; returns the records that it created, if
            any, to be looked at too
        :param fields: names that are looked at besides the columns of the table
        :return: ``dry_run`` (true), ``changed``, ``created``, ``deleted``, ``others``
            and ``notes``
        """
        tree = self._watched(records, fields)
        before = {
            record["id"]: record
            for record in RecordReader(self.env).values(records, tree)
        }
        names = {record.id: title(record) for record in records}
        tables = self._changed_rows()
        try:
            with (
                dry_run.begun() as trial,
                contained(self.env.cr),
                self.env.cr.savepoint(),
            ):
                created = run()
                # computes and constraints that Odoo puts off until the commit
                self.env.cr.flush()
                raise _Undone(
                    {
                        "dry_run": True,
                        **self._differences(records, tree, before, names),
                        **self._creations(created, fields),
                        **self._effects_elsewhere(records, tables),
                    }
                )
        except _Undone as undone:
            return undone.outcome | self._caveats(trial)

    @api.model
    def _watched(self, records, fields):
        """Return the tree of all columns that the caller may read."""
        columns = {
            name: {}
            for name, field in records._fields.items()
            if field.store
            and field.column_type
            and field.type not in _UNREADABLE
            and name not in MAGIC_COLUMNS
            and records._has_field_access(field, "read")
        }
        return columns | {
            name: {}
            for name in fields
            if records._fields[name].type not in _UNREADABLE
            and records._has_field_access(records._fields[name], "read")
        }

    @api.model
    def _differences(self, records, tree, before, names):
        remaining = records.exists()._filtered_access("read")
        changed = []
        for record in RecordReader(self.env).values(remaining, tree):
            old = before.get(record["id"], {})
            changes = {
                name: {"before": old.get(name), "after": value}
                for name, value in record.items()
                if old.get(name) != value
            }
            if changes:
                changed.append(
                    {
                        "id": record["id"],
                        "name": names[record["id"]],
                        "fields": changes,
                    }
                )
        deleted = [
            {"id": id_, "name": names[id_]}
            for id_ in before
            if id_ not in remaining.ids
        ]
        found = {"changed": changed, "deleted": deleted}
        return {kind: entries for kind, entries in found.items() if entries}

    @api.model
    def _creations(self, created, fields):
        if not created:
            return {}
        names = dict.fromkeys([*default_fields(created), *fields])
        tree = {
            name: {}
            for name in names
            if created._has_field_access(created._fields[name], "read")
            and created._fields[name].type not in _UNREADABLE
        }
        values = RecordReader(self.env).values(created, tree)
        # their ids will be others when it is done in earnest
        return {
            "created": [
                {name: value for name, value in record.items() if name != "id"}
                for record in values
            ]
        }

    @api.model
    def _changed_rows(self):
        """Return {table: rows (inserted, updated, deleted)} of this transaction.

        Kept by PostgreSQL itself, which the ORM has no words for.
        """
        self.env.cr.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del"
            "  FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {table: counts for table, *counts in self.env.cr.fetchall()}

    @api.model
    def _effects_elsewhere(self, records, before):
        """Return what happened to the tables of other models, as numbers of records."""
        models_by_table = frozendict(
            (model._table, name)
            for name, model in self.env.items()
            if not model._abstract and not model._transient and not is_fenced(name)
        )
        effects = {}
        for table, counts in self._changed_rows().items():
            name = models_by_table.get(table)
            if name in (None, records._name) or not self._is_counted(self.env[name]):
                continue
            rows = (
                now - then
                for now, then in zip(counts, before.get(table, (0, 0, 0)), strict=True)
            )
            effect = {
                kind: count
                for kind, count in zip(
                    ("created", "changed", "deleted"), rows, strict=True
                )
                if count
            }
            if effect:
                effects[name] = effect
        return {"others": effects} if effects else {}

    @api.model
    def _is_counted(self, model):
        """Hook: return whether the caller may know how many rows a change touches.

        An override narrows this: rows are counted whoever may see them.
        """
        return model.has_access("read")

    @api.model
    def _caveats(self, trial):
        notes = []
        if trial.mails:
            notes.append(
                self.env._("%s mails would have been sent; none was.", trial.mails)
            )
        if trial.sequences:
            notes.append(
                self.env._(
                    "Can't be undone: a number was taken from %s.",
                    ", ".join(sorted(trial.sequences)),
                )
            )
        return {"notes": notes} if notes else {}
