"""The trail as people see it: one entry per request, its story, and readable words."""

from datetime import datetime, timedelta

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.mcp_core.exchange import FINISHED
from odoo.addons.mcp_core.tests.common import MODERN

from .. import store
from ..event import BEGUN, Event
from ..redaction import PAYLOAD_MAX, payload
from .common import AuditCase


class Recorded:
    """Events that a test makes up."""

    def record(self, kind=FINISHED, *payloads, **facts):
        """Return a new event."""
        store.append(self.env.cr, [Event(kind, facts, payloads)])
        self.env.cr.execute("SELECT max(id) FROM mcp_audit_event")
        return self.env["mcp.audit.event"].browse(self.env.cr.fetchone()[0])

    def record_at(self, time, kind=FINISHED, **facts):
        names = SQL(", ").join(SQL.identifier(name) for name in facts)
        self.env.cr.execute(
            SQL(
                "INSERT INTO mcp_audit_event (time, kind, %s) VALUES (%s, %s, %s)"
                " RETURNING id",
                names,
                time,
                kind,
                SQL(", ").join(SQL("%s", value) for value in facts.values()),
            )
        )
        return self.env["mcp.audit.event"].browse(self.env.cr.fetchone()[0])

    def found(self, *domain, **context):
        """Return what a search finds of what the test has recorded."""
        events = self.env["mcp.audit.event"].with_context(**context)
        return events.search([("address", "=", "test"), *domain])


@tagged("post_install", "-at_install")
class TestSearching(Recorded, TransactionCase):
    def test_an_entry_is_an_end_or_a_beginning_without_one(self):
        self.record(BEGUN, request_id="a", address="test")
        ended = self.record(FINISHED, request_id="a", address="test", outcome="success")
        running = self.record(BEGUN, request_id="b", address="test")
        self.record("auth.failed", request_id="c", address="test")
        self.assertEqual(self.found(("is_entry", "=", True)), running | ended)
        self.assertEqual(self.found(("status", "=", "running")), running)
        self.assertEqual(self.found(("status", "=", "success")), ended)
        self.assertEqual((running | ended).mapped("status"), ["running", "success"])

    def test_what_began_before_the_last_recovery_is_not_running(self):
        begun = self.record(BEGUN, request_id="a", address="test")
        self.env.cr.execute(
            "INSERT INTO mcp_audit_checkpoint VALUES ('recovery', %s)"
            " ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id",
            [begun.id],
        )
        self.assertFalse(self.found(("is_entry", "=", True)))

    def test_a_day_is_one_of_whoever_asks(self):
        evening = self.record_at(datetime(2026, 3, 4, 23, 30), address="test")
        morning = self.record_at(datetime(2026, 3, 5, 3), address="test")
        brussels, new_york = {"tz": "Europe/Brussels"}, {"tz": "America/New_York"}
        self.assertEqual(
            self.found(("day", "=", "2026-03-05"), **brussels), evening | morning
        )
        self.assertEqual(
            self.found(("day", "=", "2026-03-04"), **new_york), evening | morning
        )
        self.assertFalse(self.found(("day", "=", "2026-03-05"), **new_york))

    def test_the_newest_come_first_though_the_clock_was_set_back(self):
        start = datetime(2026, 3, 1)
        days = [
            self.record_at(start + timedelta(days=day), address="test")
            for day in range(10)
        ]
        early = self.record_at(start + timedelta(days=8, hours=4), address="test")
        found = self.found(("time", ">=", "2026-03-08"))
        self.assertEqual(found.ids, [days[9].id, early.id, days[8].id, days[7].id])

    def test_people_search_by_names(self):
        user = self.env.ref("base.user_admin")
        event = self.record(user_id=user.id, model="res.country", address="test")
        self.record(user_id=user.id + 1000, model="res.partner", address="test")
        self.assertEqual(self.found(("account_id", "ilike", user.name)), event)
        self.assertEqual(self.found(("account_id", "=", user.id)), event)
        self.assertEqual(self.found(("model_label", "ilike", "Country")), event)
        self.assertEqual(self.found(("model_label", "=", "res.country")), event)

    def test_all_of_a_request_is_found(self):
        events = [
            self.record(kind, request_id="a", address="test")
            for kind in (BEGUN, "access.denied", FINISHED)
        ]
        self.record(FINISHED, request_id="b", address="test")
        self.assertEqual(len(self.found(("of_request", "=", "a"))), len(events))


@tagged("post_install", "-at_install")
class TestReading(Recorded, TransactionCase):
    def test_every_event_has_a_name_for_people(self):
        self.assertEqual(
            self.record(FINISHED, method="tools/call", tool="search").display_name,
            "Tool Called · search",
        )
        self.assertEqual(
            self.record(FINISHED, method="no/such").label, "Request “no/such”"
        )
        self.assertEqual(self.record(FINISHED).label, "Request")
        self.assertEqual(self.record("auth.failed").label, "Sign-in Failed")
        self.assertEqual(self.record("quite.new").label, "quite.new")

    def test_who_is_gone_is_known_by_the_login(self):
        event = self.record(user_id=987654, login="gone")
        self.assertFalse(event.account_id)
        self.assertEqual(event.login, "gone")

    def test_what_was_asked_is_laid_out(self):
        asked = payload("request", {"name": "count", "arguments": {"model": "x"}})
        event = self.record(
            FINISHED, asked, request_id="a", request_digest=asked.digest
        )
        self.assertIn('\n  "name": "count"', event.asked)
        self.assertFalse(event.asked_note)
        self.assertFalse(event.answered)
        self.assertIn("where a rule says so", event.answered_note)

    def test_what_was_cut_says_so(self):
        asked = payload("request", {"text": ["word, " * 600] * 30})
        self.assertTrue(asked.truncated)
        event = self.record(
            FINISHED, asked, request_id="a", request_digest=asked.digest
        )
        self.assertEqual(len(event.asked.encode()), PAYLOAD_MAX)
        self.assertIn("The first 32 KiB of 106 KiB are kept", event.asked_note)

    def test_what_was_erased_says_so(self):
        self.record(BEGUN, request_id="a", request_digest="0" * 64)
        event = self.record(FINISHED, request_id="a")
        self.assertFalse(event.asked)
        self.assertIn("erased since", event.asked_note)

    def test_the_events_of_a_request_are_a_timeline(self):
        begun = self.record(BEGUN, request_id="a")
        denied = self.record("access.denied", request_id="a")
        self.record(FINISHED, request_id="b")
        finished = self.record(FINISHED, request_id="a")
        self.assertEqual(finished.related_ids.ids, [begun.id, denied.id, finished.id])

    def test_the_requests_of_a_session_follow_each_other(self):
        first = self.record(FINISHED, request_id="a", session_id=987)
        self.record(BEGUN, request_id="b", session_id=987)
        second = self.record(FINISHED, request_id="b", session_id=987)
        self.record(FINISHED, request_id="c", session_id=988)
        self.assertEqual(
            (first | second).mapped(lambda e: (e.has_previous, e.has_next)),
            [(False, True), (True, False)],
        )
        self.assertEqual(first.action_next()["res_id"], second.id)
        self.assertEqual(second.action_previous()["res_id"], first.id)

    def test_records_that_are_there_are_links(self):
        kept, gone = self.env["res.partner"].create([{"name": "<b>"}, {"name": "x"}])
        gone_id = gone.id
        gone.unlink()
        event = self.record(
            model="res.partner",
            operation="write",
            record_ids=[kept.id, gone_id],
            record_count=25,
            details={"changed": [["res.country", "create", [], 3]]},
        )
        link = f'<a href="/odoo/res.partner/{kept.id}" target="_blank">&lt;b&gt;</a>'
        self.assertIn(link, event.changed)
        self.assertIn(f"#{gone_id}", event.changed)
        self.assertNotIn(f"res.partner/{gone_id}", event.changed)
        self.assertIn("and 23 more", event.changed)
        self.assertIn('<td class="text-break">Created</td>', event.changed)

    def test_what_happened_to_a_record_is_found(self):
        self.record(model="res.partner", record_ids=[571], record_count=1)
        named = self.record(model="res.partner", record_ids=[5, 57], record_count=2)
        later = self.record(
            model="res.users",
            record_ids=[3],
            record_count=1,
            details={"changed": [["res.partner", "write", [57, 58], 2]]},
        )
        read = self.record(
            method="resources/read", resource="odoo://record/res.partner/57"
        )
        other = self.record(model="res.country", record_ids=[57], record_count=1)
        for looked_for, found in (
            ("res.partner,57", named + later + read),
            (" res.partner , 57 ", named + later + read),
            ("57", named + later + other),
            ("#57", named + later + other),
            ("res.partner,5", named),
            ("S00057", named.browse()),
        ):
            with self.subTest(looked_for):
                events = named.search([("record", "=", looked_for)])
                self.assertEqual(events, found.sorted("id", reverse=True))
        self.assertEqual(named.record, "res.partner,5")
        self.assertFalse(read.record)
        action = named.action_of_record("res.partner", 57, "Fen")
        self.assertEqual(action["domain"], [("record", "=", "res.partner,57")])
        self.assertEqual(action["name"], "MCP Activity: Fen")

    def test_records_out_of_reach_are_numbers(self):
        auditor = self.env["res.users"].create(
            {
                "name": "Auditor",
                "login": "auditor",
                "group_ids": [(6, 0, self.env.ref("mcp_audit.group_auditor").ids)],
            }
        )
        parameter = self.env["ir.config_parameter"].search([], limit=1)
        event = self.record(
            model="ir.config_parameter", record_ids=parameter.ids, record_count=1
        )
        shown = event.with_user(auditor).changed
        self.assertIn(f"#{parameter.id}", shown)
        self.assertNotIn(parameter.key, shown)

    def test_changes_of_the_configuration_are_a_table(self):
        group = self.env.ref("base.group_user")
        event = self.record(
            "configuration.changed",
            model="mcp.tool",
            details={
                "name": "Search records",
                "changes": {
                    "title": ["Search", "<script>"],
                    "group_ids": [[], [group.id]],
                    "read_only": [False, True],
                },
            },
        )
        self.assertEqual(event.subject, "Search records")
        for shown in ("Title", "&lt;script&gt;", group.display_name, "No", "Yes"):
            self.assertIn(shown, event.told)
        event = self.record(
            "settings.changed",
            details={"setting": "mcp_core.page_size", "old": None, "new": "7"},
        )
        self.assertIn("(default)", event.told)
        self.assertEqual(event.subject, "mcp_core.page_size")

    def test_a_filter_is_told_in_words(self):
        words = self.env["mcp.audit.event"]._in_words
        leaf = ["tool", "=", "search"]
        self.assertEqual(
            words(["|", leaf, "!", ["time", ">=", "today -7d"]]),
            "(Tool = search or not Time >= today -7d)",
        )
        self.assertEqual(words([leaf, leaf]), "Tool = search and Tool = search")
        self.assertEqual(words(["|", leaf]), "['|', ['tool', '=', 'search']]")
        self.assertEqual(words([]), "everything")

    def test_rules_show_what_they_keep(self):
        rule = self.env["mcp.audit.rule"].new({"level": "metadata"})
        self.assertNotIn("asked", rule.example)
        rule.level = "response"
        self.assertIn("[redacted]", rule.example)
        self.assertIn("answered", rule.example)


@tagged("post_install", "-at_install")
class TestStory(AuditCase):
    @mute_logger("odoo.addons.base.models.ir_model")
    def test_a_call_is_told_from_its_beginning_to_its_end(self):
        caller = self.client(self.user, revision=MODERN)
        self.attempt(
            lambda: caller.call("create", model="res.country", records=[{"name": "x"}])
        )
        [entry] = self.events(BEGUN, FINISHED).filtered("is_entry")
        self.assertEqual((entry.status, entry.account_id), ("refused", self.user))
        self.assertEqual(entry.model_label, "Country")
        self.assertIn('"res.country"', entry.asked)
        self.assertEqual(entry.related_ids[0].kind, BEGUN)

    def test_a_rule_that_keeps_less_is_named(self):
        self.env["mcp.audit.rule"].create({"name": "Secrecy", "level": "metadata"})
        self.env.cr.flush()
        self.client(self.user, revision=MODERN).request("tools/list")
        entry = self.events(FINISHED)
        self.assertFalse(entry.asked)
        self.assertEqual(entry.asked_note, "Not kept, as the rule “Secrecy” says.")

    def test_tools_and_users_lead_to_their_requests(self):
        self.user.group_ids |= self.env.ref("mcp_audit.group_auditor")
        self.client(self.user, revision=MODERN).call("list_companies")
        tool = self.env["mcp.tool"].search([("name", "=", "list_companies")])
        if "mcp.audit.rollup" not in self.env:
            self.assertEqual(tool.with_user(self.user).call_count, 1)
            self.assertEqual(self.user.with_user(self.user).mcp_request_count, 1)
        for action in (tool.action_view_calls(), self.user.action_view_mcp_activity()):
            self.assertEqual(
                self.env["mcp.audit.event"].search(action["domain"]),
                self.events(FINISHED),
            )
