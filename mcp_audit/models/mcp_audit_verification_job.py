"""The job of a verification.

It reads for a while and leaves the rest to the next job, as Odoo ends workers that take
long. Each job sees one moment of the store: what is there, and what tells of purges,
agree in each, whatever retention deletes between them.
"""

import time
from contextlib import suppress

from odoo import api, fields, models
from odoo.tools import SQL

from .. import store
from ..event import salted_digest
from ..sealing import signing
from ..sealing import verification as problems
from ..sealing.seal import GENESIS, Seal, purge_statement
from ..sealing.signing import is_signed
from ..sealing.verification import Finding, Purge, Verifier
from .mcp_audit_retention import PAYLOADS

#: Then the next job goes on.
_JOB_SECONDS = 60
#: Events that are read at once.
_EVENTS = 5000
#: And never more, whatever a seal that was changed says of its range.
_EVENTS_MAX = 4 * _EVENTS
#: Seals that are read at once: there may be many with few events.
_SEALS = 500
#: Findings that are kept to be shown.
_SHOWN = 100


class McpAuditVerification(models.Model):
    _inherit = "mcp.audit.verification"

    def _run(self):
        """Job: check seal after seal for a while.

        Written on cursors of its own, so that people see how far it is.
        """
        verification = self.sudo()
        if verification.state not in ("waiting", "running"):
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
            cr.execute("SELECT max(id), max(time) FROM mcp_audit_seal")
            [(until, sealed_until)] = cr.fetchall()
            state = {"until": until or 0, "after": 0, "last": 0, "events": 0}
            state |= {
                "witnessed": max(witness, default=0),
                "previous": GENESIS,
                "found": 0,
                "findings": [],
                "erased": 0,
            }
            self._note(seals=state["until"], sealed_until=sealed_until)
        # what was sealed since it began is for the next one
        newest = max(state["until"], state["witnessed"])
        witness = {n: digest for n, digest in witness.items() if n <= newest}
        verifier = Verifier(
            signing.public_keys(seals._folder()),
            witness,
            self._purges(),
            state["after"],
            state["previous"],
            state["last"],
        )
        while (batch := self._next(verifier.after, state["until"])) is not None:
            if not batch:
                break
            self._check_batch(verifier, batch, state)
            state |= {
                "after": verifier.after,
                "previous": verifier.previous,
                "last": verifier.last,
            }
            self._note(checked=verifier.after, events=state["events"], progress=state)
            if time.monotonic() > deadline:
                return False
        self._report(state, verifier.end())
        self._report(state, self._check_erased(state))
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
    def _told(self, kind):
        """Return what the events of a kind say that the server has signed, each once.

        By SQL, as all that is verified: what the ORM has cached is not the store.
        """
        self.env.cr.execute(
            "SELECT details FROM mcp_audit_event WHERE kind = %s ORDER BY id", [kind]
        )
        keys = signing.public_keys(self.env["mcp.audit.seal"]._folder())
        found = {}
        for (told,) in self.env.cr.fetchall():
            if isinstance(told, dict):
                signed, signer = str(told.get("signed")), str(told.get("signer"))
                if is_signed(purge_statement(told), signed, signer, keys):
                    found[signed] = told
        return list(found.values())

    @api.model
    def _purges(self):
        """Return what the trail tells of purges.

        What was changed until it makes no sense is found in its own seal, and in those
        of the events that nothing tells of any more.
        """
        purges = []
        for told in self._told("purge.deleted"):
            with suppress(KeyError, TypeError, ValueError):
                if told["group"] == PAYLOADS:
                    continue
                purges.append(
                    Purge(
                        str(told["group"]),
                        int(told["first_id"]),
                        int(told["last_id"]),
                        told["rest"] == "all",
                        {int(seal): int(count) for seal, count in told["seals"]},
                    )
                )
        return purges

    @api.model
    def _next(self, after, until):
        """Return the rows of the next seals, of not too many events together."""
        self.env.cr.execute(
            SQL(
                """
                SELECT * FROM mcp_audit_seal
                 WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
                """,
                after,
                until,
                _SEALS,
            )
        )
        rows, total = [], 0
        for row in self.env.cr.dictfetchall():
            total += row["count"]
            if rows and total > _EVENTS:
                break
            rows.append(row)
        return rows

    @api.model
    def _check_batch(self, verifier, rows, state):
        seals, cr = self.env["mcp.audit.seal"], self.env.cr
        # whatever lies before the first seal, or between two, is of the next one
        first, last = verifier.last + 1, max(row["last_id"] for row in rows)
        if not verifier.after:
            cr.execute("SELECT LEAST(min(id), 1) FROM mcp_audit_event")
            first = cr.fetchone()[0] or 1
        events = seals._events(cr, first, last, _EVENTS_MAX)
        gone = seals._gone(cr, first, last)
        contents = self._contents(events)
        state["events"] += len(events)
        place = 0
        for row in rows:
            start = place
            while place < len(events) and events[place]["id"] <= row["last_id"]:
                place += 1
            try:
                seal = Seal.from_row(row)
            except ValueError:
                self._report(state, [Finding(problems.UNREADABLE, row["id"])])
                verifier.after, verifier.last = row["id"], row["last_id"]
                continue
            own = events[start:place]
            lost = {
                name: [item for item in leaves if seal.first <= item[0] <= seal.last]
                for name, leaves in gone.items()
            }
            self._report(state, verifier.check(seal, seals._leaves(own), lost))
            self._report(state, self._check_contents(seal, own, contents, state))

    # ------------------------------------------------------------
    # What was asked and answered
    # ------------------------------------------------------------

    @api.model
    def _contents(self, events):
        """Return {(request, side): (digest, whether it is erased)} of some events."""
        requests = {
            row["request_id"]
            for row in events
            if row["request_digest"] or row["response_digest"]
        }
        if not requests:
            return {}
        self.env.cr.execute(
            """
            SELECT request_id, side, salt, full_digest || body, erased IS NOT NULL
              FROM mcp_audit_payload WHERE request_id = ANY(%s)
            """,
            [list(requests)],
        )
        return {
            (request, side): (salted_digest(salt, text), erased)
            for request, side, salt, text, erased in self.env.cr.fetchall()
        }

    @api.model
    def _check_contents(self, seal, events, contents, state):
        found, purged = [], None
        for row in events:
            for side in ("request", "response"):
                digest = row[f"{side}_digest"]
                if not digest:
                    continue
                about = {"event": row["id"], "side": side}
                there = contents.get((row["request_id"], side))
                if there is None:
                    if purged is None:
                        purged = self._contents_purged()
                    if not purged or row["time"] >= purged:
                        finding = Finding(problems.CONTENT_GONE, seal.number, about)
                        found.append(finding)
                elif there[1]:
                    state["erased"] += 1
                elif there[0] != digest:
                    found.append(Finding(problems.CONTENT, seal.number, about))
        return found

    @api.model
    def _contents_purged(self):
        """Return until when contents were deleted by retention, if ever."""
        moments = []
        for told in self._told("purge.deleted"):
            if told.get("group") == PAYLOADS:
                with suppress(TypeError, ValueError):
                    moments.append(fields.Datetime.to_datetime(told.get("before")))
        return max(filter(None, moments), default=None)

    @api.model
    def _check_erased(self, state):
        counts = [told.get("erased") for told in self._told("audit.erased")]
        told = sum(count for count in counts if isinstance(count, int))
        if state["erased"] <= told:
            return []
        return [Finding(problems.ERASED, 0, {"found": state["erased"], "told": told})]

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
                    "seals": state["after"],
                    "events": state["events"],
                    "broken_seals": sorted({f["seal"] for f in state["findings"]})[:50],
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
