"""Verifications: whether the trail is as it was sealed, asked by people and weekly."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..sealing import verification as problems
from .mcp_audit_bookkeeping import UNFINISHED


class McpAuditVerification(models.Model):
    _name = "mcp.audit.verification"
    _inherit = "mcp.audit.bookkeeping"
    _description = "MCP Audit Verification"
    _order = "id desc"
    _rec_name = "create_date"

    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("intact", "Intact"),
            ("broken", "Not as Sealed"),
            ("failed", "Failed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    started = fields.Datetime(readonly=True)
    finished = fields.Datetime(readonly=True)
    seals = fields.Integer("Seals to Check", readonly=True)
    checked = fields.Integer("Seals Checked", readonly=True)
    events = fields.Integer("Events Checked", readonly=True)
    sealed_until = fields.Datetime(readonly=True, help="When the last seal was made.")
    level = fields.Integer("Protection Level", readonly=True)
    found = fields.Integer("Problems", readonly=True)
    #: the first of what was found, as dicts of problem, seal and about
    findings = fields.Json(readonly=True)
    #: where the next run goes on
    progress = fields.Json(readonly=True)
    percent = fields.Float(compute="_compute_percent")
    result = fields.Text(compute="_compute_result")

    @api.depends("seals", "checked", "state")
    def _compute_percent(self):
        for verification in self:
            if verification.state in ("intact", "broken"):
                verification.percent = 100
            else:
                seals = verification.seals or 1
                verification.percent = min(100, 100 * verification.checked / seals)

    @api.depends("findings", "found", "state")
    def _compute_result(self):
        for verification in self:
            findings = verification.findings or []
            lines = [self._sentence(finding) for finding in findings]
            more = verification.found - len(lines)
            if more > 0:
                lines.append(self.env._("And %(count)s more.", count=more))
            if verification.state == "intact":
                lines.append(
                    self.env._(
                        "All %(seals)s seals and %(events)s events are as they were "
                        "sealed.",
                        seals=verification.checked,
                        events=verification.events,
                    )
                )
            verification.result = "\n".join(lines)

    @api.model
    def _sentence(self, finding):
        """Return what was found in words.

        :param dict finding: problem, seal and about, of :mod:`..sealing.verification`
        """
        about = finding["about"]
        groups = {
            "requests": self.env._("requests and sessions"),
            "security": self.env._("refusals"),
            "changes": self.env._("changes and audits"),
            "kept": self.env._("purges"),
        }
        group = groups.get(about.get("group"), about.get("group"))
        known = {
            problems.UNREADABLE: self.env._("it can't be read"),
            problems.CHAIN: self.env._("it does not follow on the seal before"),
            problems.SIGNATURE: self.env._("its signature is wrong"),
            problems.KEY: self.env._(
                "it is signed with the key %(key)s, which is not known here",
                key=about.get("key"),
            ),
            problems.WITNESS: self.env._(
                "the record outside the database has another seal in its place"
            ),
            problems.UNWITNESSED: self.env._(
                "the record of seals outside the database is missing"
            ),
            problems.TRUNCATED: self.env._(
                "the seals %(first)s to %(last)s, which the record outside the "
                "database knows, are gone",
                first=about.get("first"),
                last=about.get("last"),
            ),
            problems.EVENTS: self.env._(
                "of the events %(first)s to %(last)s some were changed, added, taken "
                "away or put elsewhere (%(group)s)",
                first=about.get("first"),
                last=about.get("last"),
                group=group,
            ),
            problems.PURGE: self.env._(
                "%(missing)s events are gone (%(group)s), and retention tells of "
                "%(purged)s",
                missing=about.get("missing"),
                group=group,
                purged=about.get("purged"),
            ),
            problems.CONTENT: self.env._(
                "what was asked or answered in the request of event %(event)s is not "
                "what it was",
                event=about.get("event"),
            ),
            problems.CONTENT_GONE: self.env._(
                "what was asked or answered in the request of event %(event)s is gone, "
                "and retention does not tell of it",
                event=about.get("event"),
            ),
            problems.ERASED: self.env._(
                "contents of %(found)s requests are erased, and the trail tells of "
                "%(told)s",
                found=about.get("found"),
                told=about.get("told"),
            ),
        }
        if "told" in about and finding["problem"] == problems.CONTENT_GONE:
            known[problems.CONTENT_GONE] = self.env._(
                "what was asked or answered is gone %(found)s times, and retention "
                "tells of %(told)s",
                found=about["found"],
                told=about["told"],
            )
        sentence = known.get(finding["problem"], finding["problem"])
        if not finding["seal"]:
            return self.env._("The trail: %(sentence)s.", sentence=sentence)
        return self.env._(
            "Seal %(number)s: %(sentence)s.",
            number=finding["seal"],
            sentence=sentence,
        )

    # ------------------------------------------------------------
    # Asking for one
    # ------------------------------------------------------------

    def action_verify(self):
        """Have the trail verified, whatever is chosen, and show how far that is."""
        if not self._may_ask():
            raise AccessError(
                self.env._("Auditors and MCP administrators verify the trail.")
            )
        return self._ask()._window()

    @api.model
    def _may_ask(self):
        return any(
            map(
                self.env.user.has_group,
                ("mcp_audit.group_auditor", "mcp_core.group_manager"),
            )
        )

    @api.model
    def _start(self):
        """Scheduled action: verify what is not being verified already."""
        self._ask()

    @api.model
    def _ask(self):
        # bookkeeping that no user may write, hence sudo
        verifications = self.sudo()
        verification = verifications.search([("state", "in", UNFINISHED)], limit=1)
        if not verification:
            verification = verifications.create({})
        verification._enqueue()
        return verification.sudo(False)

    def _enqueue(self):
        for verification in self:
            verification.with_delay(
                identity_key=f"mcp_audit.verification:{verification.id}",
                description=self.env._("MCP Audit: verify the trail"),
            )._run()

    def _window(self):
        return self._form(self.env._("Verification"))
