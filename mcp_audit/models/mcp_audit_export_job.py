"""The job of an export.

Events are read in slices, see :mod:`.mcp_audit_export_slice`. Jobs are short, as Odoo
ends what takes long: what is left is for the next one. A job that is killed goes on
after its last slice.
"""

import logging
import os
import time
from contextlib import contextmanager

import psycopg2

from odoo import fields, models
from odoo.sql_db import PoolError

from odoo.addons.queue_job.exception import RetryableJobError

from .. import manifest, store
from ..archive import Archive, LostError, file_digest
from .mcp_audit_bookkeeping import UNFINISHED
from .mcp_audit_export_slice import SigningError

_logger = logging.getLogger(__name__)

#: After so long a job leaves the rest to the next one.
_JOB_SECONDS = 20
#: How often it is begun before it is given up: what kills a job may do so each time.
_ATTEMPTS_MAX = 5


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
        if export.state not in UNFINISHED:
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
            try:
                more = export._begin() and export._go_on()
            except LostError:
                # begun on another machine, or cleaned up by somebody: once more
                export._note(progress=False, exported=0)
                more = True
        except RetryableJobError:
            raise
        except _StoppedError:
            export._remove_work()
            return
        except (psycopg2.OperationalError, PoolError) as error:
            raise RetryableJobError("The database is busy", seconds=30) from error
        except Exception as error:
            # not on to the job, whose record would repeat what was searched for
            _logger.exception("Export %s failed", export.id)
            export._fail(export._reason(error))
            return
        if more:
            self._enqueue()

    def _reason(self, error):
        """Return what people are told of an error: nothing of what was searched for."""
        if isinstance(error, SigningError):
            return self.env._("It can't be signed. The reason is in the server's log.")
        if isinstance(error, OSError) and error.errno:
            reason = os.strerror(error.errno)
            return self.env._(
                "The file can't be written: %(reason)s. The server's log names the "
                "folder; have it put right, and export again.",
                reason=reason,
            )
        return self.env._("Something broke. The reason is in the server's log.")

    def _may_still(self):
        user = self.requester_id
        if not user.active:
            return False
        return self.with_user(user).env.user.has_group("mcp_audit.group_auditor")

    def _begin(self):
        """Note that a job is at it; return whether there is anything to do."""
        until = None
        if not self.progress:
            until = store.settled_apart(self.env.registry)
            if until is None:
                raise RetryableJobError(
                    "The trail is being written", seconds=5, ignore_retry=True
                )
        if self.attempts >= _ATTEMPTS_MAX:
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
            if cr.fetchall() not in [[(state,)] for state in UNFINISHED]:
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
