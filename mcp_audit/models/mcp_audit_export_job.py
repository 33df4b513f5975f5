"""The job of an export.

Events are read in slices, each on a cursor of its own that only reads and sees one
moment. A slice is one file of the ZIP, or two with the proofs. Jobs are short, as Odoo
ends what takes long: what is left is for the next one. A job that is killed goes on
after its last slice.
"""

import logging
import os
import time
from collections import Counter
from contextlib import contextmanager

import psycopg2

from odoo import fields, models
from odoo.release import version
from odoo.sql_db import Cursor, PoolError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from .. import manifest, store
from ..archive import Archive, LostError, file_digest
from ..event import COLUMNS
from ..export_formats import FORMATS

_logger = logging.getLogger(__name__)

#: With the id of an export, of an advisory lock: one job at a time writes its file.
_LOCK = 7166
#: Events of a slice. Excel's take four times as long.
_SLICE_ROWS = {"csv": 250_000, "jsonl": 250_000, "xlsx": 100_000}
#: A slice ends after so long, however little that is, and after so long the job does.
_SLICE_SECONDS, _JOB_SECONDS = 20, 20
#: Rows that are fetched at once, and where each may have its contents.
_BATCH, _BATCH_CONTENTS = 2000, 100
#: How often it is told how far it is, and asked whether it is cancelled.
_PROGRESS_SECONDS = 1
#: How often it is begun before it is given up: what kills a job may do so each time.
_ATTEMPTS_MAX = 5
#: What is read besides the chosen columns.
_ALWAYS = ("id", "time", "kind", "request_id", "request_digest", "response_digest")
_SIDES = {"request": "asked", "response": "answered"}


class _StoppedError(Exception):
    """The export is not running any more."""


class McpAuditExport(models.Model):
    _inherit = "mcp.audit.export"

    def _run(self):
        """Job: export for a while, and leave the rest to the next one.

        Nothing is written in the job's own transaction, which knows nothing of what
        the others have committed.
        """
        # bookkeeping that no user may write, hence sudo; events are read without it
        export = self.sudo()
        if export.state not in ("waiting", "running"):
            return
        if not export._may_still():
            export._fail(
                self.env._(
                    "%(user)s has no longer the access right MCP Audit: Auditor.",
                    user=export.requester_id.name,
                )
            )
            return
        try:
            more = export._begin() and export._go_on()
        except RetryableJobError:
            raise
        except _StoppedError:
            export._remove_work()
            return
        except LostError:
            # begun on another machine, or cleaned up by somebody: from the beginning
            export._note(progress=False, exported=0)
            more = True
        except (psycopg2.OperationalError, PoolError) as error:
            raise RetryableJobError("The database is busy", seconds=30) from error
        except OSError as error:
            _logger.exception("Export %s failed", export.id)
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            export._fail(
                self.env._("The file can't be written: %(reason)s", reason=reason)
            )
            return
        except Exception:
            # not on to the job, whose record would repeat what was searched for
            _logger.exception("Export %s failed", export.id)
            export._fail(
                self.env._("Something broke. The reason is in the server's log.")
            )
            return
        if more:
            self._enqueue()

    def _may_still(self):
        user = self.requester_id
        if not user.active:
            return False
        return self.with_user(user).env.user.has_group("mcp_audit.group_auditor")

    def _begin(self):
        """Note that a job is at it; return whether there is anything to do."""
        until = None
        if not self.progress:
            with store.apart(self.env.registry, single=False) as cr:
                until = store.settled(cr)
            if until is None:
                raise RetryableJobError(
                    "The trail is being written", seconds=5, ignore_retry=True
                )
        given_up = self.attempts >= _ATTEMPTS_MAX
        if given_up:
            self._fail(
                self.env._("It was interrupted %(count)s times.", count=self.attempts)
            )
            return False
        values = {"state": "running", "attempts": self.attempts + 1}
        if until is not None:
            values["started"] = fields.Datetime.now()
            values["progress"] = {"until": until}
        self._note(**values)
        return True

    def _go_on(self):
        """Add slices; return whether there are more."""
        os.makedirs(self._work_folder(), mode=0o700, exist_ok=True)
        deadline = time.monotonic() + _JOB_SECONDS
        done = self._read_progress()
        while True:
            done = self._slice(done)
            if done["ended"]:
                self._finish(done)
                return False
            # what has been done once counts as no attempt
            self._note(progress=done, exported=done["events"], attempts=0)
            if time.monotonic() > deadline:
                return True

    def _read_progress(self):
        """Return how far it is, as the job before has committed it."""
        with store.apart(self.env.registry, single=False) as cr:
            return dict(self.with_env(self.env(cr=cr)).progress)

    # ------------------------------------------------------------
    # A slice
    # ------------------------------------------------------------

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
                self._select(query, ["id"]),
            )
        )
        while rows:
            cr.execute(SQL("FETCH %s FROM mcp_audit_proofs", min(_BATCH, rows)))
            ids = [event for (event,) in cr.fetchall()]
            if not ids:
                break
            rows -= len(ids)
            for proof in seals._proofs(cr, ids):
                add(manifest.line(proof))
        cr.execute("CLOSE mcp_audit_proofs")

    # ------------------------------------------------------------
    # How it stands
    # ------------------------------------------------------------

    @contextmanager
    def _apart(self):
        """Yield the export where what is written stays, as long as it goes on.

        :raise _StoppedError: it was cancelled, or ended otherwise
        """
        with store.apart(self.env.registry, single=False) as cr:
            cr.execute(
                "SELECT state FROM mcp_audit_export WHERE id = %s FOR NO KEY UPDATE",
                [self.id],
            )
            if cr.fetchall() not in ([("waiting",)], [("running",)]):
                raise _StoppedError
            export = self.with_env(self.env(cr=cr))
            yield export
            export.flush_recordset()

    def _note(self, **values):
        with self._apart() as export:
            export.write(values)
        self.invalidate_recordset()

    def _progress(self, exported):
        """Tell how far it is; return whether it goes on.

        By SQL, in one statement: this is all of a transaction.
        """
        with store.apart(self.env.registry) as cr:
            cr.execute(
                """
                UPDATE mcp_audit_export SET exported = %s
                 WHERE id = %s AND state = 'running'
                """,
                [exported, self.id],
            )
            return bool(cr.rowcount)

    def _finish(self, done):
        """Add the manifest, put the file where it is downloaded, and tell."""
        archive = Archive(self._work_path(), done["mark"])
        with self._snapshot() as cr:
            told = self._manifest(cr, done)
        with archive.member(manifest.NAME) as add:
            add(manifest.dumped(told))
        digest = file_digest(archive.path)
        size = os.stat(archive.path).st_size
        os.replace(archive.path, self._file_path())
        days = self.env["mcp.server"]._setting("export_days")
        now = fields.Datetime.now()
        expires = fields.Datetime.add(now, days=days)
        try:
            with self._apart() as export:
                export.write(
                    {
                        "state": "done",
                        "finished": now,
                        "expires": expires,
                        "exported": done["events"],
                        "progress": False,
                        "manifest": told,
                        "sha256": digest,
                        "size": size,
                    }
                )
                export._as_requester()._tell(
                    "finished",
                    record_count=done["events"],
                    sha256=digest,
                    first_id=(done.get("first") or [None])[0],
                    last_id=(done.get("last") or [None])[0],
                )
        except BaseException:
            self._remove_file()
            raise
        self._remove_work()
        self.invalidate_recordset()
        self._notify(
            "success",
            self.env._(
                "The export of %(count)s audit events is ready. Its file is kept until "
                "%(day)s.",
                count=done["events"],
                day=fields.Date.to_string(expires),
            ),
        )

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
        return manifest.signed(told, env["mcp.audit.seal"]._signed)

    def _fail(self, reason):
        """End it, and say why to whoever asked and to administrators."""
        try:
            with self._apart() as export:
                export.write(
                    {
                        "state": "failed",
                        "finished": fields.Datetime.now(),
                        "progress": False,
                        "error": reason,
                    }
                )
                export._as_requester()._tell(
                    "failed", record_count=export.exported, reason=reason
                )
        except _StoppedError:
            return
        finally:
            self._remove_work()
            self.invalidate_recordset()
        self._notify("danger", reason)

    def _as_requester(self):
        return self.with_user(self.requester_id)

    def _notify(self, kind, text):
        """Tell whoever asked, now where they are here, and in their messages.

        Neither undoes the export: what can't be sent is noted in the server's log.
        """
        user = self.requester_id
        title = self.env._("Audit Export")
        try:
            with self.env.cr.savepoint():
                user._bus_send(
                    "simple_notification",
                    {"type": kind, "title": title, "message": text, "sticky": True},
                )
                self.env["mail.thread"].message_notify(
                    author_id=self.env.ref("base.partner_root").id,
                    partner_ids=user.partner_id.ids,
                    subject=title,
                    body=text,
                    model=self._name,
                    res_id=self.id,
                )
        except Exception:
            _logger.exception("Nobody could be told of export %s", self.id)
