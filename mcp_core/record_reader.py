"""Records as a model reads them: JSON values that say what they mean."""

from collections.abc import Mapping
from typing import Any

from odoo.api import Environment
from odoo.models import BaseModel
from odoo.tools import html2plaintext, human_size

from .exceptions import ToolError
from .fences import is_fenced
from .moments import to_local
from .texts import label, visible

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

    def values(self, records: BaseModel, tree: Tree) -> list[dict[str, Any]]:
        """Return the values of *records*.

        One related record is ``{"id", "name"}``, several are a list of ids; where the
        tree goes on, each is an object with the fields that it names. What is not set
        is ``None``.

        :param tree: fields by name, each with the tree of its related records, empty
            where none of their fields are wanted
        :raise odoo.exceptions.AccessError: the caller may not read a record or field
        """
        rows = self._rows(records, tree)
        related = {
            name: self._related(records, name, rows, subtree)
            for name, subtree in tree.items()
            if subtree and records._fields[name].relational
        }
        return [self._record(records, row, tree, related) for row in rows]

    def _rows(self, records, tree):
        """Return what Odoo reads, of files their sizes only."""
        binary = [name for name in tree if records._fields[name].type == "binary"]
        # apart from them: what is computed from a file is computed from its content
        rows = records.read([name for name in tree if name not in binary] or ["id"])
        if not binary:
            return rows
        sizes = records.with_context(bin_size=True).read(binary)
        for record, row, size in zip(records, rows, sizes, strict=True):
            row.update(size)
            if records._name == "ir.attachment":
                # of them alone Odoo reads the content when asked for sizes
                told = human_size(record.file_size) if record.file_size else False
                row.update(dict.fromkeys(binary, told))
        return rows

    def _record(self, records, row, tree, related):
        record = {"id": row["id"]}
        for name in tree:
            field = records._fields[name]
            if name not in related:
                record[name] = self.value(field, row[name])
            elif field.type == "many2one":
                one = self.value(field, row[name])
                record[name] = one and one | related[name].get(one["id"], {})
            else:
                shown = row[name][:RELATED_MAX]
                record[name] = [related[name].get(id_, {"id": id_}) for id_ in shown]
                if len(row[name]) > len(shown):
                    record[f"{name}:more"] = len(row[name]) - len(shown)
        if self._links:
            record["url"] = record_url(records.browse(row["id"]))
        return record

    def _related(self, records, name, rows, subtree):
        """Return {id: record} of the related records that the caller may read."""
        if records._fields[name].type == "many2one":
            ids = [row[name][0] for row in rows if row[name]]
        else:
            ids = [id_ for row in rows for id_ in row[name][:RELATED_MAX]]
        comodel = self.env[records._fields[name].comodel_name]
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
