"""Tools that create, change and delete records."""

from odoo import api, models

from ..decorators import tool_method
from ..exceptions import ToolError
from ..fences import is_fenced
from ..record_reader import named, record_url
from ..record_writer import RecordWriter


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_create(
        self, exchange, model, records, handle="", dry_run=False, idempotency_key=""
    ):
        """Create records, all of them or none.

        :param list records: values by field name, of one record each
        :param str handle: from an answer that asked for a record of this model
        :return: ``records`` (id, name, url), or what it would do
        """
        target = self._handled(self._target_model(model, changing=True), handle)
        self._check_count(target, len(records))
        writer = RecordWriter(target.env)
        values = [writer.values(target, given) for given in records]
        if target._transient and not handle:
            writer.warnings.append(
                self.env._(
                    "Without a handle this wizard does not know what it is about. If "
                    "an answer opened or offered it, create it with that handle."
                )
            )

        def create():
            return self._change(target, "create", lambda: target.create(values))

        if dry_run:
            named_fields = dict.fromkeys(name for given in records for name in given)
            preview = self._previewed(target, create, named_fields)
            return preview | self._warnings(writer)

        def create_once():
            created = create()
            return {
                "records": self._introduced(created),
                **self._warnings(writer),
                **self._next_steps(created, handle),
            }

        return self.env["mcp.idempotency.key"]._once(
            idempotency_key, ["create", model, records, handle], create_once
        )

    @api.model
    @tool_method
    def _tool_write(self, exchange, model, ids, values, dry_run=False):
        """Write the same values to all of some records, or to none of them.

        :return: ``records`` (id, name, url), or what it would do
        """
        records = self._target_records(self._target_model(model, changing=True), ids)
        writer = RecordWriter(self.env)
        vals = writer.values(records, values)

        def write():
            self._change(records, "write", lambda: records.write(vals) and None)

        if dry_run:
            return self._previewed(records, write, vals) | self._warnings(writer)
        write()
        return {"records": self._introduced(records), **self._warnings(writer)}

    @api.model
    @tool_method
    def _tool_unlink(self, exchange, model, ids, dry_run=False):
        """Delete records, all of them or none.

        :return: ``deleted`` (id, name), or what it would do
        """
        records = self._target_records(self._target_model(model, changing=True), ids)

        def unlink():
            self._change(records, "unlink", lambda: records.unlink() and None)

        if dry_run:
            return self._previewed(records, unlink)
        deleted = [named(record) for record in records]
        unlink()
        return {"deleted": deleted}

    @api.model
    def _change(self, records, operation, run):
        """Hook: have Odoo carry out a change that the caller asks for.

        Everything that runs until the result is Odoo's own code, such as overrides,
        computed fields and constraints. An override may look at *records* before, and
        at the result after.

        :param records: what is changed; the empty recordset of a model for ``create``
        :param str operation: ``create``, ``write``, ``unlink``, or ``call`` for a
            method of which nobody knows what it does
        :param run: called without arguments
        :return: what *run* returns: records that it created, what a method returns, or
            ``None``
        """
        return run()

    @api.model
    def _check_related(self, records, operation):
        """Hook: refuse a change of related records that comes with another one.

        Odoo itself checks what the caller may do when it carries the change out.

        :param records: that are changed; the empty recordset of a model for ``create``,
            and where it is not known yet which ones
        :param str operation: ``create``, ``write`` or ``unlink``
        :raise ToolError: it is refused
        """

    @api.model
    def _check_count(self, model, count):
        """Refuse to change more records at once than a call may.

        :raise ToolError: *count* is too many of *model*
        """
        if count > (limit := self._records_max(model)):
            raise ToolError(
                self.env._(
                    "Nothing was done: a call may change at most %(limit)s records of "
                    "%(model)s, and these are %(count)s.",
                    limit=limit,
                    model=model._name,
                    count=count,
                )
            )

    @api.model
    def _target_records(self, model, ids):
        """Return the records *ids* of *model*, in that order.

        :raise ToolError: one of them is not there, or nothing that the caller may see
        """
        wanted = list(dict.fromkeys(ids))
        self._check_count(model, len(wanted))
        records = self._visible_records(model, wanted)
        if model._name == "ir.attachment":
            # the files that Odoo serves as its own are none of a client's
            records = records.filtered(
                lambda file: not file.url and not is_fenced(file.res_model or "")
            )
        found = set(records.ids)
        if missing := [id_ for id_ in wanted if id_ not in found]:
            raise ToolError(
                self.env._(
                    "Nothing was done: %(model)s has no records %(ids)s that you may "
                    "see.",
                    model=model._name,
                    ids=", ".join(map(str, missing)),
                )
            )
        return records

    @api.model
    def _introduced(self, records):
        """Return what is told of records after a change: id, name and address.

        Of one that the caller may not see any more, only the id.
        """
        records = records.exists()
        if records._transient:
            # a wizard: its name is its number, and it has no page
            return [{"id": id_} for id_ in records.ids]
        visible = records._filtered_access("read")
        return [
            {**named(record), "url": record_url(record)}
            if record in visible
            else {"id": record.id}
            for record in records
        ]

    @api.model
    def _warnings(self, writer):
        warnings = list(dict.fromkeys(writer.warnings))
        return {"warnings": warnings} if warnings else {}
