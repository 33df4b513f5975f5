"""The whole story of a request, as a form tells it: what was asked and what came of it.

What is computed here is of the events that the reader may see, and nothing of it is
stored: the trail itself stays as it is.
"""

import orjson

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..event import BEGUN, FINISHED


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    asked = fields.Text(compute="_compute_payloads")
    asked_note = fields.Char(compute="_compute_payloads")
    answered = fields.Text(compute="_compute_payloads")
    answered_note = fields.Char(compute="_compute_payloads")
    related_ids = fields.Many2many(
        "mcp.audit.event",
        string="Events of This Request",
        compute="_compute_related_ids",
    )
    has_previous = fields.Boolean(compute="_compute_neighbours")
    has_next = fields.Boolean(compute="_compute_neighbours")
    seal = fields.Selection(
        [("sealed", "Sealed"), ("open", "Not sealed yet")],
        compute="_compute_seal",
        help="A sealed event can't be changed, taken away or put elsewhere without "
        "the verification finding it.",
    )

    # ------------------------------------------------------------
    # Asked and answered
    # ------------------------------------------------------------

    @api.depends("request_id")
    def _compute_payloads(self):
        kept = self._payloads()
        for event in self:
            related = event.related_ids
            for side, body, note in (
                ("request", "asked", "asked_note"),
                ("response", "answered", "answered_note"),
            ):
                digests = related.mapped(f"{side}_digest")
                event[body], event[note] = event._shown(
                    kept.get((event.request_id, side)), digests, side
                )

    def _payloads(self):
        """Return {(request id, side): (body, size, truncated)} of what is kept.

        By SQL: what was asked is not a model of the ORM, which would open more doors to
        it. Whoever may read an event may read what belongs to its request.
        """
        requests = [event.request_id for event in self if event.request_id]
        if not requests:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT request_id, side, body, size, truncated FROM mcp_audit_payload"
                " WHERE request_id = ANY(%s)",
                requests,
            )
        )
        return {(row[0], row[1]): row[2:] for row in rows}

    def _shown(self, kept, digests, side):
        """Return what the form shows of one side of the request: (text, note about it).

        :param kept: as of :meth:`_payloads`, ``None`` where nothing is
        :param digests: what the events of the request have of it
        :param side: ``"request"`` or ``"response"``
        """
        if kept:
            body, size, truncated = kept
            if truncated:
                note = self.env._(
                    "The first %(shown)s of %(size)s are kept.",
                    shown=self._readable_size(len(body.encode())),
                    size=self._readable_size(size),
                )
                return body, note
            options = orjson.OPT_INDENT_2
            return orjson.dumps(orjson.loads(body), option=options).decode(), False
        if any(digests):
            return False, self.env._("This was kept, and has been erased since.")
        if self.kind not in (BEGUN, FINISHED):
            return False, False
        return False, self._why_not_kept(side)

    def _why_not_kept(self, side):
        rule = next(
            (
                event.details["rule"]
                for event in self.related_ids
                if event.details and event.details.get("rule")
            ),
            None,
        )
        if rule:
            return self.env._("Not kept, as the rule “%(rule)s” says.", rule=rule)
        if side == "response":
            return self.env._("Answers are kept where a rule says so; none did.")
        return self.env._("There was nothing to keep.")

    @api.model
    def _readable_size(self, size):
        """Return a number of bytes as text."""
        if size < 1024:
            return self.env._("%(bytes)s bytes", bytes=size)
        number = formatLang(self.env, size / 1024, digits=1 if size < 10240 else 0)
        return self.env._("%(number)s KiB", number=number)

    # ------------------------------------------------------------
    # Before, meanwhile and after
    # ------------------------------------------------------------

    @api.depends("request_id")
    def _compute_related_ids(self):
        requests = [event.request_id for event in self if event.request_id]
        found = self._of_requests(requests)._filtered_access("read")
        for event in self:
            same = found.filtered(lambda other, event=event: other._is_of(event))
            event.related_ids = same or event

    def _is_of(self, event):
        return self.request_id == event.request_id

    def _compute_neighbours(self):
        for event in self:
            event.has_previous = bool(event._neighbour("<"))
            event.has_next = bool(event._neighbour(">"))

    def _neighbour(self, direction):
        """Return the request before (``<``) or after (``>``) in the same session."""
        self.ensure_one()
        if not self.session_id:
            return self.browse()
        domain = [
            ("session_id", "=", self.session_id),
            ("id", direction, self.id),
            ("is_entry", "=", True),
            ("request_id", "!=", self.request_id),
        ]
        order = "id desc" if direction == "<" else "id"
        return self.browse(self._search(domain, order=order, limit=1))

    def action_previous(self):
        """Show the request before this one in its session."""
        return self._neighbour("<")._form()

    def action_next(self):
        """Show the request after this one in its session."""
        return self._neighbour(">")._form()

    def _form(self):
        if not self:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_session(self):
        """Show the requests of the same session."""
        return self._requests_window(
            self.env._("Session %(number)s", number=self.session_id),
            [("session_id", "=", self.session_id)],
        )

    def action_user(self):
        """Show the requests of the same user."""
        return self._requests_window(
            self.account_id.sudo().name or self.login or "",
            [("user_id", "=", self.user_id)],
        )

    @api.model
    def action_of_record(self, model, record_id, name):
        """Show the requests that named or changed a record."""
        return self._requests_window(
            self.env._("MCP Activity: %(record)s", record=name or f"#{record_id}"),
            [("record", "=", f"{model},{record_id}")],
            month=1,
        )

    @api.model
    def _requests_window(self, name, domain, **defaults):
        """Return the action that shows the requests of a domain, of any time."""
        context = {"search_default_requests": 1}
        context |= {f"search_default_{name}": value for name, value in defaults.items()}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mcp_audit.action_mcp_audit_log"
        )
        # the web client calls it by its display name, and otherwise by its name
        called = {"name": name, "display_name": name}
        return {**action, **called, "domain": domain, "context": context}

    # ------------------------------------------------------------
    # Sealed or not
    # ------------------------------------------------------------

    def _compute_seal(self):
        # by SQL: whoever sees an event is told, though they may not read the seals
        cr = self.env.cr
        cr.execute(
            SQL(
                "SELECT event FROM unnest(%s::bigint[]) AS event WHERE EXISTS ("
                "SELECT FROM mcp_audit_seal"
                " WHERE last_id >= event)",
                self.ids,
            )
        )
        sealed = {id_ for (id_,) in cr.fetchall()}
        for event in self:
            event.seal = "sealed" if event.id in sealed else "open"
