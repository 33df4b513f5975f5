"""The job of a purge.

Many short transactions on cursors of their own: each deletes a stretch and notes how
far that was. A job that is killed goes on from there when it runs again.
"""

import time

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from .. import store
from ..event import BEGUN, FINISHED
from ..sealing.seal import EVENTS_MAX
from .mcp_audit_bookkeeping import UNFINISHED
from .mcp_audit_retention import GROUPS, PAYLOADS

#: A transaction is to take about this long: whoever places a hold waits for it.
_SECONDS = 0.035
#: A stretch grows slowly: one that a seal cut short was no measure.
_GROWTH = 1.25
#: A stretch is never shorter than a seal may be: else it would tear one.
_ROWS_FIRST, _ROWS_MIN, _ROWS_MAX = EVENTS_MAX, EVENTS_MAX, 20_000
#: How many requests are named where a few were erased.
_TOLD_MAX = 100
#: After so many seconds the next job goes on: Odoo ends workers that take too long.
_JOB_SECONDS = 60


class McpAuditPurge(models.Model):
    _inherit = "mcp.audit.purge"

    def _run(self):
        """Job: delete stretch by stretch for a while, and leave the rest to the next.

        Nothing is written in the job's own transaction, which knows nothing of what
        the others have committed.
        """
        # bookkeeping that no user may write, hence sudo
        purge = self.sudo()
        if purge.state not in UNFINISHED:
            return
        deadline = time.monotonic() + _JOB_SECONDS
        step, rows = purge._prepared(), _ROWS_FIRST
        try:
            while time.monotonic() < deadline:
                began = time.monotonic()
                if not purge._apart(step, rows):
                    return
                factor = _SECONDS / (time.monotonic() - began)
                rows = int(rows * max(0.5, min(factor, _GROWTH)))
                rows = max(_ROWS_MIN, min(rows, _ROWS_MAX))
        except LockNotAvailable as error:
            # somebody is placing a hold or stopping this, and has been for long
            raise RetryableJobError("A hold is being placed", seconds=60) from error
        self._enqueue()

    def _prepared(self):
        """Return the step that is repeated: ``step(purge, cr, rows)``, of this moment.

        The settings are read again for each job: more days are obeyed, fewer wait for
        the next purge.
        """
        if self.cause == "erasure":
            return type(self)._step_erasure
        retention = self.env["mcp.audit.retention"]
        cutoffs = retention._bounded(self.cutoffs)
        until = retention._until(self.env.cr, cutoffs)
        total = self.total
        if not self.started:
            total = sum(line["count"] for line in retention._preview(cutoffs))

        def step(purge, cr, rows):
            if not purge.total and total:
                purge.total = total
            return purge._step_retention(cr, rows, until, cutoffs)

        return step

    def _apart(self, step, rows):
        """Do one step in a transaction of its own; return whether there is more."""
        with store.apart(self.env.registry, single=False) as cr:
            self.env["mcp.audit.retention"]._steady(cr)
            # a crash may undo the last stretches, and how far they were with them
            cr.execute("SET LOCAL synchronous_commit = off")
            purge = self.with_env(self.env(cr=cr))
            cr.execute(
                SQL(
                    "SELECT state FROM mcp_audit_purge WHERE id = %s FOR NO KEY UPDATE",
                    self.id,
                ),
                log_exceptions=False,
            )
            [(state,)] = cr.fetchall()
            if state not in UNFINISHED:
                return False
            if state == "waiting":
                purge.write({"state": "running", "started": fields.Datetime.now()})
            more = step(purge, cr, rows)
            if not more:
                purge._finish()
            purge.flush_recordset()
            return more

    def _step_retention(self, cr, rows, until, cutoffs):
        """Delete the next stretch: of what was asked and answered, then of events.

        In this order: whether a hold is about a payload, its events tell.
        """
        retention = self.env["mcp.audit.retention"]
        done = dict((self.progress or {}).get("after") or {})
        if done.get(PAYLOADS, 0) is not None:
            name = PAYLOADS
            after, due = retention._purge_payloads(cr, done.get(name, 0), rows, cutoffs)
        else:
            name = "events"
            after, due = retention._purge_events(
                cr, done.get(name, 0), until, rows, cutoffs
            )
        self._note({**done, name: after}, due)
        return name == PAYLOADS or after is not None

    def _step_erasure(self, cr, rows):
        """Erase what was asked and answered in the next requests of the user."""
        after = ((self.progress or {}).get("after") or {}).get("events", 0)
        cr.execute(
            SQL(
                """
                SELECT max(id), array_agg(DISTINCT request_id) FROM (
                    SELECT id, request_id FROM mcp_audit_event
                     WHERE user_id = %s AND id > %s AND kind IN (%s, %s)
                     ORDER BY id LIMIT %s) AS ahead
                """,
                self.erased_user,
                after,
                BEGUN,
                FINISHED,
                rows,
            )
        )
        [(last, requests)] = cr.fetchall()
        if last is None:
            return False
        self._note({"events": last}, [self._erase(cr, requests)])
        return True

    @api.model
    def _erase(self, cr, requests):
        """Erase what was asked and answered, and return what :meth:`_note` takes."""
        cr.execute("SELECT * FROM mcp_audit_erase(%s::varchar[])", [requests])
        [(erased, held)] = cr.fetchall()
        return PAYLOADS, erased, held, None, None

    @api.model
    def _erase_requests(self, requests, reason):
        """Erase what was asked and answered in a few requests, at once and for good.

        :return: the record of it
        """
        with store.apart(self.env.registry, single=False) as cr:
            self.env["mcp.audit.retention"]._steady(cr)
            # bookkeeping that no user may write, hence sudo
            purge = (
                self.with_env(self.env(cr=cr))
                .sudo()
                .create(
                    {
                        "cause": "erasure",
                        "reason": reason,
                        "state": "running",
                        "started": fields.Datetime.now(),
                    }
                )
            )
            purge._note({}, [self._erase(cr, requests)])
            purge._finish(requests=requests[:_TOLD_MAX])
            purge.flush_recordset()
            return self.browse(purge.id)

    def _note(self, after, due):
        """Note how far it has come, and what each group has lost and kept."""
        lost = dict((self.progress or {}).get("lost") or {})
        for name, deleted, held, first, last in due:
            sums = lost.get(name) or {"deleted": 0, "held": 0}
            ids = [i for i in (sums.get("first"), first, sums.get("last"), last) if i]
            lost[name] = {
                "deleted": sums["deleted"] + deleted,
                "held": sums["held"] + held,
                **({"first": min(ids), "last": max(ids)} if ids else {}),
            }
        self.progress = {"after": after, "lost": lost}
        self.deleted += sum(row[1] for row in due)
        self.held += sum(row[2] for row in due)

    def _finish(self, **facts):
        """Tell the trail, in the transaction that deletes the last of it."""
        self.write({"state": "done", "finished": fields.Datetime.now()})
        events = self.env["mcp.audit.event"].with_user(self.create_uid)
        lost = (self.progress or {}).get("lost") or {}
        if self.cause == "erasure":
            sums = lost.get(PAYLOADS, {})
            told = {
                "purge": self.id,
                "reason": self.reason,
                "erased_user": self.erased_user or None,
                "erased": sums.get("deleted", 0),
                "held": sums.get("held", 0),
                **facts,
            }
            events._record("audit.erased", self.env["mcp.audit.seal"]._vouched(told))
            return
        for name in (*GROUPS, PAYLOADS):
            if name in lost:
                events._record("audit.purged", self._purged(name, lost[name]))

    def _purged(self, name, sums):
        facts = {
            "purge": self.id,
            "group": name,
            "before": self.cutoffs[name],
            "deleted": sums["deleted"],
            "held": sums["held"],
        }
        if "first" in sums:
            facts |= {"first_id": sums["first"], "last_id": sums["last"]}
        if "first" in sums and name != PAYLOADS:
            self.env.cr.execute(
                "SELECT mcp_audit_seals(%s, %s)", [sums["first"], sums["last"]]
            )
            [(facts["seals"],)] = self.env.cr.fetchall()
        return facts
