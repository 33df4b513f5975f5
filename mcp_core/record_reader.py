"""Records as a model reads them: JSON values that say what they mean."""

from collections.abc import Mapping
from itertools import repeat
from typing import Any

from odoo.api import Environment
from odoo.exceptions import MissingError
from odoo.models import BaseModel
from odoo.tools import html2plaintext, human_size

from .columns import is_read_as_usual, taken_column
from .exceptions import ToolError
from .fences import is_fenced
from .moments import to_local, to_local_all
from .texts import is_visible, label, visible

#: The most related records of one record that are read with it.
RELATED_MAX = 200
#: The most related records of one answer.
ANSWER_RELATED_MAX = 5000

Tree = Mapping[str, "Tree"]


class RecordReader:
    """Reads records for one answer, in the caller's language and timezone.

    :param html: give rich text as HTML instead of as plain text
    :param labels: give a selection as its value and its label
    :param links: give each record the address of its form
    :ivar removed: how many invisible characters were taken out so far
    """

    def __init__(
        self,
        env: Environment,
        *,
        html: bool = False,
        labels: bool = False,
        links: bool = False,
    ):
        self.env = env
        self.removed = 0
        self._related_read = 0
        self._html = html
        self._labels = labels
        self._links = links

    def values(
        self, records: BaseModel, tree: Tree, *, fetched: bool = False
    ) -> list[dict[str, Any]]:
        """Return the values of *records*.

        One related record is ``{"id", "name"}``, several are a list of ids; where the
        tree goes on, each is an object with the fields that it names. What is not set
        is ``None``.

        :param tree: fields by name, each with the tree of its related records, empty
            where none of their fields are wanted
        :param fetched: ``search_fetch`` has just found the records with these fields,
            so the caller's rights to them are known
        :raise odoo.exceptions.AccessError: the caller may not read a record or field
        """
        ids, columns = self._columns(records, tree, fetched)
        more = {}
        for name, subtree in tree.items():
            field = records._fields[name]
            if subtree and field.relational:
                if field.type != "many2one":
                    more[name] = [len(all_) - RELATED_MAX for all_ in columns[name]]
                columns[name] = self._grafted(field, columns[name], subtree)
        if self._links:
            columns["url"] = [record_url(records.browse(id_)) for id_ in ids]
        names = ("id", *columns)
        rows = zip(ids, *columns.values(), strict=True)
        read = list(map(dict, map(zip, repeat(names), rows)))
        for name, counts in more.items():
            for record, count in zip(read, counts, strict=True):
                if count > 0:
                    record[f"{name}:more"] = count
        return read

    def _columns(self, records, tree, fetched):
        """Return the ids of the records that are there, and JSON values by field."""
        binary = [name for name in tree if records._fields[name].type == "binary"]
        # apart from them: what is computed from a file is computed from its content
        plain = [name for name in tree if name not in binary]
        columns = None
        if records and plain and is_read_as_usual(records):
            if not fetched:
                records.fetch(plain)
            columns = self._usual_columns(records, plain)
        if columns is None:
            rows = records.read(plain or ["id"])
            records = records.browse([row["id"] for row in rows])
            columns = {
                name: [self.value(records._fields[name], row[name]) for row in rows]
                for name in plain
            }
        for name, sizes in self._sizes(records, binary).items():
            columns[name] = [self.value(records._fields[name], size) for size in sizes]
        return records.ids, {name: columns[name] for name in tree}

    def _usual_columns(self, records, names):
        """Return JSON values by field, ``None`` where some records are gone.

        One field after the other, as ``read`` has it: what one of them reads along the
        way, the next one finds.
        """
        columns = {}
        for name in names:
            field, values = records._fields[name], taken_column(records, name)
            if values is not None:
                columns[name] = self._taken_column(records, field, values)
                continue
            rows = records._read_format([name])
            if len(rows) != len(records):
                return None
            columns[name] = [self.value(field, row[name]) for row in rows]
        return columns

    def _sizes(self, records, names):
        """Return by field the sizes of files, as Odoo tells them."""
        if not names:
            return {}
        rows = records.with_context(bin_size=True).read(names)
        if records._name == "ir.attachment":
            # of them alone Odoo reads the content when asked for sizes
            for record, row in zip(records, rows, strict=True):
                told = human_size(record.file_size) if record.file_size else False
                row.update(dict.fromkeys(names, told))
        return {name: [row[name] for row in rows] for name in names}

    def _taken_column(self, records, field, values):
        """Return as JSON what was taken from the ORM's memory."""
        kind = field.type
        if kind in ("char", "text") or (kind == "selection" and not self._labels):
            return self._texts(values)
        if kind == "many2one":
            names = self._names(records.env[field.comodel_name], values)
            return [names[id_] if id_ else None for id_ in values]
        if kind == "datetime":
            return to_local_all(values, self.env.tz)
        if kind in ("boolean", "integer", "float", "monetary"):
            return values
        return [self.value(field, value) for value in values]

    def _texts(self, values):
        """Return texts without what nobody sees."""
        if is_visible("".join(filter(None, values))):
            return values
        return [value and self.text(value) for value in values]

    def _names(self, model, ids):
        """Return ``{"id", "name"}`` by id, as ``read`` gives them: as superuser."""
        related = model.browse(dict.fromkeys(filter(None, ids)))
        nameable = set(related._mcp_nameable()._ids)
        found = {}
        # what names are made of, and not all that is read with it
        related.sudo().fetch(["display_name"])
        for record in related.sudo():
            found[record.id] = {"id": record.id}
            if record.id in nameable:
                try:
                    name, count = visible(record.display_name or "")
                except MissingError:
                    # as read has it where a foreign key is missing
                    found[record.id] = None
                    continue
                if name:
                    found[record.id]["name"] = name
                if count:
                    self.removed += count * ids.count(record.id)
        return found

    def _grafted(self, field, column, subtree):
        """Return a column with the fields of the related records it leads to."""
        if field.type == "many2one":
            ids = [one["id"] for one in column if one]
            related = self._related(field, ids, subtree)
            return [one and one | related.get(one["id"], {}) for one in column]
        column = [ids[:RELATED_MAX] for ids in column]
        related = self._related(field, [id_ for ids in column for id_ in ids], subtree)
        return [[related.get(id_, {"id": id_}) for id_ in ids] for ids in column]

    def _related(self, field, ids, subtree):
        """Return {id: record} of the related records that the caller may read."""
        comodel = self.env[field.comodel_name]
        unique = dict.fromkeys(ids)
        self._related_read += len(unique)
        cap = self.env["mcp.tool"]._record_cap(comodel) or ANSWER_RELATED_MAX
        if self._related_read > ANSWER_RELATED_MAX or len(unique) > cap:
            raise ToolError(
                self.env._(
                    "This reads more than %s related records at once: ask for fewer "
                    "records, or search the related ones on their own.",
                    min(cap, ANSWER_RELATED_MAX),
                )
            )
        readable = comodel.browse(unique)._filtered_access("read")
        return {record["id"]: record for record in self.values(readable, subtree)}

    def value(self, field: Any, value: Any) -> Any:
        """Return one value, as ``read`` gives it, as JSON.

        :param field: the field it is of
        """
        kind = field.type
        if kind == "boolean":
            return value
        if value is False or value is None:
            return None
        if kind == "many2one":
            name = "" if is_fenced(field.comodel_name) else self.text(value[1] or "")
            return {"id": value[0], "name": name} if name else {"id": value[0]}
        if kind == "datetime":
            return to_local(value, self.env.tz)
        if kind == "date":
            return value.isoformat()
        if kind == "binary":
            # with bin_size in the context
            return {"size": value.decode() if isinstance(value, bytes) else str(value)}
        if kind == "html":
            return self.text(str(value) if self._html else html2plaintext(value))
        if kind in ("char", "text"):
            return self.text(value)
        if kind == "selection" and self._labels:
            shown = dict(field._description_selection(self.env)).get(value, value)
            return {"value": value, "label": shown}
        return self._plain(value)

    def text(self, value: str) -> str:
        """Return text without what nobody sees."""
        cleaned, count = visible(value)
        self.removed += count
        return cleaned

    def _plain(self, value):
        """Return the value of a field of another kind, such as properties or JSON."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {str(key): self._plain(member) for key, member in value.items()}
        if isinstance(value, list | tuple | set):
            return [self._plain(member) for member in value]
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return value


def record_url(record: BaseModel) -> str:
    """Return the address of a record's form in Odoo's web client."""
    name = record._name if "." in record._name else f"m-{record._name}"
    return f"{record.get_base_url()}/odoo/{name}/{record.id}"


def named(record: BaseModel) -> dict[str, Any]:
    """Return ``{"id", "name"}`` of a record, without a name that is none of a client's.

    :raise odoo.exceptions.AccessError: the caller may not read it
    """
    if not record._mcp_nameable():
        return {"id": record.id}
    return {"id": record.id, "name": label(record.display_name)}


def title(record: BaseModel) -> str:
    """Return what a record is called for people to read, its number at least."""
    return named(record).get("name") or f"{record._name},{record.id}"
