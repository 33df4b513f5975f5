"""Slices of an export: events as one file of its ZIP, and their proofs as another.

Each is read on a cursor of its own, which only reads and sees one moment.
"""

import time
from collections import Counter
from contextlib import contextmanager

from odoo import fields, models
from odoo.release import version
from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from .. import manifest
from ..archive import Archive
from ..event import COLUMNS
from ..export_formats import FORMATS

#: With the id of an export, of an advisory lock: one job at a time writes its file.
_LOCK = 7166
#: Events of a slice. Excel's take four times as long.
_SLICE_ROWS = {"csv": 250_000, "jsonl": 250_000, "xlsx": 100_000}
#: A slice ends after so long, however little that is.
_SLICE_SECONDS = 20
#: Rows that are fetched at once, and where each may have its contents.
_BATCH, _BATCH_CONTENTS = 2000, 100
#: Events whose proofs are asked for at once: a seal is read as a whole for one of its.
_BATCH_PROOFS = 50_000
#: How often it is told how far it is, and asked whether it is cancelled.
_PROGRESS_SECONDS = 1
#: What is read besides the chosen columns.
_ALWAYS = ("id", "time", "kind", "request_id", "request_digest", "response_digest")
_SIDES = {"request": "asked", "response": "answered"}


class SigningError(Exception):
    """The manifest can't be signed."""


class McpAuditExport(models.Model):
    _inherit = "mcp.audit.export"

    @contextmanager
    def _snapshot(self):
        """Yield the cursor of a slice, and nobody else has one of this export."""
        with self.env.registry.cursor() as cr:
            if isinstance(cr, Cursor):  # not the one of Odoo's tests, which is nested
                cr.execute("SET TRANSACTION READ ONLY")
            cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, self.id])
            if not cr.fetchone()[0]:
                raise RetryableJobError(
                    "Another job writes this file", seconds=10, ignore_retry=True
                )
            yield cr

    def _slice(self, done):
        """Add the next events to the file, and return how far it is then."""
        archive = Archive(self._work_path(), done.get("mark"))
        done = {"events": 0, "by_kind": {}, "unsealed": 0, "slices": 0, **done}
        number = done["slices"] + 1
        name = f"events-{number}" if number > 1 else "events"
        with self._snapshot() as cr:
            # the rights of whoever asked, and their own rules
            reader = self.with_env(self.env(cr=cr)).with_user(self.requester_id)
            query = reader.sudo(False)._query(done)
            if not done["slices"]:
                cr.execute(SQL("SELECT count(*) FROM (%s) AS found", query.select()))
                self._note(total=cr.fetchone()[0])
                done["sealed"] = self._sealed(cr)
            file = FORMATS[self.format](self._file_columns(), self._work_folder())
            with archive.member(
                f"{name}.{self.format}", packed=self.format == "xlsx"
            ) as add:
                rows = self._add_rows(cr, query, file, add, done)
                for chunk in file.end():
                    add(chunk)
            if self._has_proofs() and rows:
                proofs = name.replace("events", "proofs")
                with archive.member(f"{proofs}.jsonl") as add:
                    self._add_proofs(cr, query, rows, add)
        files = dict(done.get("files") or {})
        return {
            **done,
            "slices": number,
            "files": files | archive.members,
            "mark": archive.mark,
        }

    def _file_columns(self):
        return [*self.columns, *(_SIDES.values() if self.contents else ())]

    def _query(self, done):
        """Return the query of what is left, with the rights of its environment."""
        domain = [
            ("id", ">", (done.get("last") or [0])[0]),
            ("id", "<=", done["until"]),
        ]
        events = self.env["mcp.audit.event"]
        # the filter is the export's own: read it whoever asks
        return events._search(domain + (self.sudo().domain or []), order="id")

    def _select(self, query, names):
        table = query.table
        return query.select(*(SQL.identifier(table, name) for name in names))

    def _add_rows(self, cr, query, file, add, done):
        """Write the rows of a slice, note in *done* what they were.

        By a cursor of the server: the rows of a query are kept where they are, and the
        memory of this process stays as it is.

        :return: how many they were
        """
        names = list(dict.fromkeys([*_ALWAYS, *self.columns]))
        kinds = Counter(done["by_kind"])
        batch = _BATCH_CONTENTS if self.contents else _BATCH
        most, rows = _SLICE_ROWS[self.format], 0
        began = told = time.monotonic()
        cr.execute(
            SQL(
                "DECLARE mcp_audit_export NO SCROLL CURSOR FOR %s",
                self._select(query, names),
            )
        )
        done["ended"] = False
        while rows < most and time.monotonic() - began < _SLICE_SECONDS:
            cr.execute(SQL("FETCH %s FROM mcp_audit_export", min(batch, most - rows)))
            found = [dict(zip(names, row, strict=True)) for row in cr.fetchall()]
            if not found:
                done["ended"] = True
                break
            if self.contents:
                self._add_contents(cr, found)
            add(file.rows(found))
            rows += len(found)
            kinds.update(row["kind"] for row in found)
            done["unsealed"] += sum(row["id"] > done["sealed"] for row in found)
            for end, row in (("first", found[0]), ("last", found[-1])):
                if end == "last" or "first" not in done:
                    moment = row["time"].isoformat(timespec="microseconds")
                    done[end] = [row["id"], moment]
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                if not self._progress(done["events"] + rows):
                    break
        else:
            cr.execute("FETCH 1 FROM mcp_audit_export")
            done["ended"] = not cr.fetchall()
        cr.execute("CLOSE mcp_audit_export")
        done["by_kind"] = dict(kinds)
        done["events"] += rows
        return rows

    def _add_contents(self, cr, rows):
        """Add what was asked and answered to the events that have a digest of it."""
        requests = {row["request_id"] for row in rows} - {None}
        # by SQL: it is no model of the ORM
        cr.execute(
            """
            SELECT request_id, side, body, salt, size, truncated, full_digest
              FROM mcp_audit_payload
             WHERE request_id = ANY(%s) AND erased IS NULL
            """,
            [list(requests)],
        )
        names = ("body", "salt", "size", "truncated", "full_digest")
        kept = {
            (request_id, side): dict(zip(names, told, strict=True))
            for request_id, side, *told in cr.fetchall()
        }
        for row in rows:
            for side, name in _SIDES.items():
                if row[f"{side}_digest"]:
                    row[name] = kept.get((row["request_id"], side))

    # ------------------------------------------------------------
    # Seals
    # ------------------------------------------------------------

    def _sealed(self, cr):
        """Return the id up to which events are sealed, 0 where nothing is.

        By SQL: what a seal is about is a row of its table, for whoever exports.
        """
        cr.execute("SELECT COALESCE(max(last_id), 0) FROM mcp_audit_seal")
        return cr.fetchone()[0]

    def _seal_range(self, cr, done):
        """Return which seals the events are under."""
        told = {"first_seal": None, "last_seal": None, "unsealed": done["unsealed"]}
        if "first" in done:
            cr.execute(
                """
                SELECT min(id), max(id) FROM mcp_audit_seal
                 WHERE last_id >= %s AND first_id <= %s AND last_id <= %s
                """,
                [done["first"][0], done["last"][0], done["sealed"]],
            )
            told["first_seal"], told["last_seal"] = cr.fetchone()
        return told

    def _has_proofs(self):
        """Return whether the leaves of the seals can be computed from the file."""
        return self.format == "jsonl" and set(self.columns) == set(COLUMNS)

    def _add_proofs(self, cr, query, rows, add):
        """Write the proofs of the first *rows* of a query, as lines of JSON."""
        seals = self.with_env(self.env(cr=cr)).env["mcp.audit.seal"].sudo()
        cr.execute(
            SQL(
                "DECLARE mcp_audit_proofs NO SCROLL CURSOR FOR %s",
                self._select(query, ["id", "kind"]),
            )
        )
        while rows:
            cr.execute(SQL("FETCH %s FROM mcp_audit_proofs", min(_BATCH_PROOFS, rows)))
            events = cr.fetchall()
            if not events:
                break
            rows -= len(events)
            for proof in seals._proofs(cr, events):
                add(manifest.line(proof))
        cr.execute("CLOSE mcp_audit_proofs")

    # ------------------------------------------------------------
    # The manifest
    # ------------------------------------------------------------

    def _manifest(self, cr, done):
        env = self.env
        database = env["ir.config_parameter"].get_param("database.uuid")
        module = env["ir.module.module"].search([("name", "=", "mcp_audit")])
        ends = {
            end: {"id": done[end][0], "time": done[end][1]} if end in done else None
            for end in ("first", "last")
        }
        told = {
            "product": manifest.PRODUCT,
            "version": module.latest_version,
            "odoo": version,
            "database": database,
            "export": self.id,
            "requested_by": self.requester_id.login,
            "requested_at": self.create_date.isoformat(timespec="seconds"),
            "finished_at": fields.Datetime.now().isoformat(timespec="seconds"),
            "format": self.format,
            "columns": self.columns,
            "contents": self.contents,
            "filter": self.domain,
            "until_id": done["until"],
            "events": done["events"],
            "by_kind": dict(sorted(done["by_kind"].items())),
            **ends,
            "seals": self._seal_range(cr, done),
            "files": done["files"],
        }
        try:
            return manifest.signed(told, env["mcp.audit.seal"]._signed)
        except (OSError, ValueError) as error:
            raise SigningError from error
