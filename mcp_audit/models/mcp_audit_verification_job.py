"""The job of a verification.

It reads for a while and leaves the rest to the next job, as Odoo ends workers that take
long. Each job sees one moment of the store: what is there, and what tells of purges,
agree in each, whatever retention deletes between them.
"""

import time
from bisect import bisect_left, bisect_right
from contextlib import suppress
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from .. import store
from ..sealing import signing
from ..sealing import verification as problems
from ..sealing.seal import Seal
from ..sealing.verification import Finding, Verifier
from .mcp_audit_bookkeeping import UNFINISHED

#: After so many seconds the next job goes on.
_JOB_SECONDS = 60
#: Events that are read at once.
_EVENTS = 5000
#: And never more, whatever a seal that was changed says of its range.
_EVENTS_MAX = 4 * _EVENTS
#: Seals that are read at once: there may be many with few events.
_SEALS = 500
#: Findings that are kept to be shown.
_SHOWN = 100
#: How many seals the trail is told of.
_TOLD_MAX = 50


class McpAuditVerification(models.Model):
    _inherit = "mcp.audit.verification"

    def _run(self):
        """Job: check seal after seal for a while.

        Written on cursors of its own, so that people see how far it is.
        """
        verification = self.sudo()
        if verification.state not in UNFINISHED:
            return
        started = verification.started or fields.Datetime.now()
        self._note(state="running", started=started)
        deadline = time.monotonic() + _JOB_SECONDS
        try:
            # before the store: whatever seal it knows was there by then
            witness = self.env["mcp.audit.seal"]._witness().digests()
            # sees one moment of the store, however long it takes
            with self.env.registry.cursor() as cr:
                done = self.with_env(self.env(cr=cr))._check(witness, deadline)
        except Exception:
            self._note(state="failed", finished=fields.Datetime.now())
            raise
        if not done:
            self._enqueue()

    def _note(self, **values):
        with store.apart(self.env.registry, single=False) as cr:
            verification = self.with_env(self.env(cr=cr)).sudo()
            verification.write(values)
            verification.flush_recordset()

    def _check(self, witness, deadline):
        """Check the next seals; return whether that were all."""
        seals = self.env["mcp.audit.seal"]
        cr, state = self.env.cr, dict(self.sudo().progress or {})
        if "until" not in state:
            cr.execute("SELECT count(*), max(id) FROM mcp_audit_seal")
            [(count, until)] = cr.fetchall()
            newest = seals._newest(cr)
            state = {
                "until": until or 0,
                "witnessed": max(witness, default=0),
                "verifier": {},
                "seals": 0,
                "events": 0,
                "found": 0,
                "findings": [],
                "erased": 0,
                "gone": 0,
            }
            self._note(
                seals=count,
                sealed_until=newest and datetime.fromisoformat(newest.time),
            )
            # the first one is told there right after it is made
            if count > 1 and not seals._witness().is_there:
                self._report(state, [Finding(problems.UNWITNESSED)])
        # what was sealed since it began is for the next one
        known = max(state["until"], state["witnessed"])
        verifier = Verifier(
            signing.public_keys(seals._folder()),
            {n: digest for n, digest in witness.items() if n <= known},
            self._purges(),
            self._sealed,
            **state["verifier"],
        )
        while batch := self._next(verifier, state["until"]):
            self._check_batch(verifier, batch, state)
            state["seals"] += len(batch)
            state["verifier"] = verifier.progress
            self._note(checked=state["seals"], events=state["events"], progress=state)
            if time.monotonic() > deadline:
                return False
        self._report(state, verifier.end())
        self._report(state, self._check_counts(state))
        self._conclude(state)
        return True

    @api.model
    def _report(self, state, findings):
        for finding in findings:
            state["found"] += 1
            if len(state["findings"]) < _SHOWN:
                state["findings"].append(
                    {
                        "problem": finding.problem,
                        "seal": finding.seal,
                        "about": dict(finding.about),
                    }
                )

    @api.model
    def _next(self, verifier, until):
        """Return the next seals, of not too many events together.

        :return: (number, :class:`~..sealing.verification.Weighed`), which is ``None``
            for a seal that can't be read
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT * FROM mcp_audit_seal
                 WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
                """,
                verifier.after,
                until,
                _SEALS,
            )
        )
        batch, total = [], 0
        for row in self.env.cr.dictfetchall():
            weighed = None
            with suppress(ValueError):
                weighed = verifier.weigh(Seal.from_row(row))
            if weighed and weighed.genuine:
                total += weighed.seal.count
                if batch and total > _EVENTS:
                    break
            batch.append((row["id"], weighed))
        return batch

    @api.model
    def _check_batch(self, verifier, batch, state):
        seals, cr = self.env["mcp.audit.seal"], self.env.cr
        lasts = [w.seal.last for _number, w in batch if w and w.genuine]
        # whatever lies before the first seal, or between two, is of the next one
        first, last = verifier.last + 1, max(lasts, default=verifier.last)
        if not verifier.last:
            cr.execute("SELECT LEAST(min(id), 1) FROM mcp_audit_event")
            first = cr.fetchone()[0] or 1
        events = seals._events(cr, first, last, _EVENTS_MAX)
        gone = seals._gone(cr, first, last)
        contents = self._contents(events)
        ids = [row["id"] for row in events]
        for number, weighed in batch:
            if not weighed:
                self._report(state, [Finding(problems.UNREADABLE, number)])
                verifier.pass_over(number)
                continue
            seal, own, lost = weighed.seal, [], {}
            if weighed.genuine:
                begin = verifier.begin(seal)
                start = bisect_left(ids, begin) if begin > 1 else 0
                own = events[start : bisect_right(ids, seal.last)]
                lost = {
                    name: [item for item in leaves if begin <= item[0] <= seal.last]
                    for name, leaves in gone.items()
                }
            state["events"] += len(own)
            self._report(state, verifier.check(weighed, seals._leaves(own), lost))
            self._report(state, self._check_contents(seal, own, contents, state))

    # ------------------------------------------------------------
    # The end
    # ------------------------------------------------------------

    def _conclude(self, state):
        """Note the result, and tell the trail in the same transaction."""
        with store.apart(self.env.registry, single=False) as cr:
            env = self.env(cr=cr)
            verification = self.with_env(env).sudo()
            verification.write(
                {
                    "state": "broken" if state["found"] else "intact",
                    "found": state["found"],
                    "findings": state["findings"],
                    "finished": fields.Datetime.now(),
                    "level": env["mcp.audit.protection"]._level(),
                    "progress": False,
                }
            )
            env["mcp.audit.event"].with_user(self.create_uid)._record(
                "seal.verified",
                {
                    "result": verification.state,
                    "problems": state["found"],
                    "seals": state["seals"],
                    "events": state["events"],
                    "broken_seals": sorted({f["seal"] for f in state["findings"]})[
                        :_TOLD_MAX
                    ],
                },
            )
            verification.flush_recordset()
        if state["found"]:
            self._alarm()

    def _alarm(self):
        """Tell auditors and administrators that the trail is not as it was sealed."""
        groups = self.env.ref("mcp_audit.group_auditor") | self.env.ref(
            "mcp_core.group_manager"
        )
        # all of them, whoever asked for it
        users = groups.sudo().all_user_ids.filtered("active")
        self.env["mail.thread"].sudo().message_notify(
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=users.partner_id.ids,
            subject=self.env._("The MCP audit trail is not as it was sealed"),
            body=self.env._(
                "A verification of the audit trail has found what was changed. See "
                "MCP, Monitoring, Verifications."
            ),
            model=self._name,
            res_id=self.id,
        )
