"""Each message is an event: what it tells, and when it is appended."""

import json
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mcp_core import dispatcher
from odoo.addons.mcp_core.exchange import FINISHED, Exchange
from odoo.addons.mcp_core.tests.common import MODERN

from .. import store
from ..event import BEGUN, salted_digest
from .common import AuditCase


@tagged("post_install", "-at_install")
class TestEvents(AuditCase):
    def setUp(self):
        super().setUp()
        self.caller = self.client(self.user, revision=MODERN)
        self.partner = self.env["res.partner"].create({"name": "Fen"})
        self.allow("res.partner")

    def allow(self, model):
        self.env["ir.model.access"].create(
            {
                "name": model,
                "model_id": self.env["ir.model"]._get_id(model),
                "group_id": self.env.ref("mcp_core.group_user").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )

    # What a message leaves

    def test_a_call_that_reads_is_one_event(self):
        self.caller.call("search", model="res.partner", limit=1)
        event = self.events()
        self.assertEqual(
            (event.kind, event.outcome, event.http_status), (FINISHED, "success", 200)
        )
        self.assertEqual((event.user_id, event.login), (self.user.id, "mcp_user"))
        self.assertEqual((event.method, event.tool), ("tools/call", "search"))
        self.assertEqual(event.model, "res.partner")
        self.assertEqual((event.client_name, event.client_version), ("test", "1"))
        self.assertEqual(event.revision, MODERN)
        self.assertEqual(event.auth_method, "bearer")
        self.assertRegex(event.credential, r"^apikey:\d+$")
        self.assertEqual(event.address, "127.0.0.1")
        self.assertGreater(event.duration, 0)
        self.assertGreater(event.request_bytes, 100)
        self.assertGreater(event.response_bytes, 100)

    def test_a_call_that_may_change_something_begins_and_ends(self):
        self.caller.call(
            "write", model="res.partner", ids=self.partner.ids, values={"name": "Mire"}
        )
        begun, finished = self.events()
        self.assertEqual((begun.kind, finished.kind), (BEGUN, FINISHED))
        self.assertEqual(begun.request_id, finished.request_id)
        self.assertFalse(begun.outcome)
        self.assertEqual(finished.outcome, "success")
        self.assertEqual(finished.operation, "write")
        self.assertEqual(finished.record_ids, self.partner.ids)

    def test_what_was_created_is_named(self):
        created = self.caller.call(
            "create", model="res.partner", records=[{"name": "Bog"}, {"name": "Marsh"}]
        )
        _begun, finished = self.events()
        ids = [record["id"] for record in created["records"]]
        self.assertEqual(finished.record_ids, ids)
        self.assertEqual((finished.operation, finished.record_count), ("create", 2))

    def test_a_dry_run_is_no_change(self):
        for tool, arguments in (
            ("write", {"ids": self.partner.ids, "values": {"name": "Mire"}}),
            ("method_call", {"ids": self.partner.ids, "method": "action_archive"}),
            ("create", {"records": [{"name": "Bog"}]}),
        ):
            with self.subTest(tool):
                self.since = self.last_id()
                self.caller.call(tool, model="res.partner", dry_run=True, **arguments)
                finished = self.events(FINISHED)
                self.assertEqual(finished.details, {"dry_run": True})
                self.assertFalse(finished.operation)
                self.assertEqual(finished.label, "Tool Tried Out")
                self.assertEqual(finished.record_ids or [], arguments.get("ids", []))
                if finished.record_ids:
                    self.assertIn("Tried, and undone", finished.changed)

    def test_a_method_is_named(self):
        self.caller.call(
            "method_call",
            model="res.partner",
            ids=self.partner.ids,
            method="action_archive",
        )
        finished = self.events(FINISHED)
        self.assertEqual(finished.operation, "action_archive")
        self.assertEqual(finished.record_ids, self.partner.ids)
        self.assertIn("action_archive called", finished.changed)

    def test_a_tool_that_fails_did_nothing_with_the_records_it_named(self):
        self.attempt(
            lambda: self.caller.call(
                "write", model="res.partner", ids=self.partner.ids, values={"no": 1}
            )
        )
        finished = self.events(FINISHED)
        self.assertEqual(finished.record_ids, self.partner.ids)
        self.assertIn(">Nothing<", finished.changed)

    def test_the_one_record_of_a_tool_is_named(self):
        self.caller.call("list_actions", model="res.partner", id=self.partner.id)
        self.assertEqual(self.events(FINISHED).record_ids, self.partner.ids)

    def test_a_tool_that_fails_is_an_event_of_what_failed(self):
        self.attempt(
            lambda: self.caller.call("search", model="res.partner", fields=["nosuch"])
        )
        self.assertEqual(self.events().outcome, "error")
        self.assertEqual(self.events().details, {"error": "ToolError"})

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_tool_that_is_denied_is_refused(self):
        self.attempt(
            lambda: self.caller.call(
                "create", model="res.country", records=[{"name": "Fen", "code": "QF"}]
            )
        )
        begun, finished = self.events(BEGUN, FINISHED)
        self.assertEqual(finished.outcome, "refused")
        self.assertEqual(begun.model, "res.country")

    def test_messages_that_make_no_sense_are_events(self):
        self.attempt(
            lambda: self.caller.request(
                "tools/call", {"name": "nosuch", "arguments": {}}
            )
        )
        self.attempt(lambda: self.caller.request("no/such", {}))
        self.caller.post(b"{not json")
        unknown_tool, unknown_method, unreadable = self.events()
        self.assertEqual(
            (unknown_tool.outcome, unknown_tool.error_code, unknown_tool.tool),
            ("invalid", -32602, "nosuch"),
        )
        self.assertEqual(
            (unknown_method.outcome, unknown_method.method), ("invalid", "no/such")
        )
        self.assertEqual(
            (unreadable.outcome, unreadable.error_code, unreadable.http_status),
            ("invalid", -32700, 400),
        )
        self.assertEqual(unreadable.user_id, self.user.id)

    def test_who_is_not_let_in_is_an_event(self):
        key = self.new_key(self.user)
        stranger = self.client()
        stranger.post(
            {}, headers={"Authorization": f"Bearer {key[:-3]}xyz", "User-Agent": "me"}
        )
        failed, finished = self.events()
        self.assertEqual(failed.kind, "auth.failed")
        self.assertEqual(failed.details["scheme"], "bearer")
        self.assertEqual(finished.outcome, "refused")
        self.assertEqual((finished.http_status, finished.user_id), (401, 0))
        self.assertEqual(finished.user_agent, "me")

    def test_who_may_not_use_mcp_is_named(self):
        outsider = self.new_user("outsider", groups="base.group_user")
        self.client(outsider, revision=MODERN).post({})
        denied, finished = self.events()
        self.assertEqual(denied.kind, "auth.denied")
        self.assertEqual((finished.user_id, finished.login), (outsider.id, "outsider"))
        self.assertEqual((finished.outcome, finished.http_status), ("refused", 403))

    def test_sessions_are_opened_and_closed_by_events(self):
        legacy = self.client(self.user)
        legacy.request("ping")
        legacy.post(method="DELETE")
        opened, initialized, pinged, closed, deleted = self.events()
        self.assertEqual(opened.kind, "session.opened")
        self.assertEqual(initialized.method, "initialize")
        self.assertEqual(pinged.session_id, opened.details["session"])
        self.assertEqual(closed.kind, "session.closed")
        self.assertEqual(deleted.http_status, 204)

    def test_a_session_that_is_deleted_is_terminated(self):
        legacy = self.client(self.user)
        legacy.request("ping")
        session = self.env["mcp.session"].search([("user_id", "=", self.user.id)])
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        for end in ("unlink", "action_terminate"):
            self.settle()
            with mute_logger("odoo.models.unlink"):
                getattr(session.with_user(manager), end)()
            self.env.flush_all()
            self.env.cr.precommit.run()
            terminated = self.events()
            self.assertEqual(terminated.kind, "session.terminated")
            self.assertEqual(terminated.login, "manager")
            legacy = self.client(self.user)
            legacy.request("ping")
            session = self.env["mcp.session"].search([("user_id", "=", self.user.id)])

    def test_each_message_of_a_batch_is_an_event_of_its_own(self):
        legacy = self.client(self.user, revision="2025-03-26")
        self.since = self.last_id()
        create = {"model": "res.partner", "records": [{"name": "Carr"}]}
        legacy.post(
            [
                legacy.message("ping"),
                legacy.message("tools/call", {"name": "create", "arguments": create}),
                legacy.message("no/such"),
                {"jsonrpc": "2.0", "id": []},
            ]
        )
        finished = self.events(FINISHED)
        self.assertEqual(len(set(finished.mapped("request_id"))), 4)
        self.assertEqual(
            sorted((event.method or "", event.outcome) for event in finished),
            [
                ("", "invalid"),
                ("no/such", "invalid"),
                ("ping", "success"),
                ("tools/call", "success"),
            ],
        )
        self.assertEqual(self.events(BEGUN).tool, "create")

    def test_a_batch_survives_a_tool_that_fails(self):
        legacy = self.client(self.user, revision="2025-03-26")
        self.since = self.last_id()
        good = {"model": "res.partner", "records": [{"name": "Carr"}]}
        bad = {"model": "res.partner", "records": [{"name": "Carr", "lang": "x"}]}
        response = legacy.post(
            [
                legacy.message("ping"),
                legacy.message("tools/call", {"name": "create", "arguments": good}),
                legacy.message("tools/call", {"name": "create", "arguments": bad}),
            ]
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            [answer["result"].get("isError") for answer in response.json()],
            [None, False, True],
        )
        self.assertEqual(
            self.events(FINISHED).mapped("outcome"), ["success", "success", "error"]
        )

    def test_no_announced_size_hides_who_was_refused(self):
        """Of a length that a client announces nothing need ever come."""

        announced = []

        def announcing(**values):
            return Exchange(**values | {"request_bytes": announced[-1]})

        key = self.new_key(self.user)
        self.startPatcher(patch.object(dispatcher, "Exchange", announcing))
        for size in (2**31, 2**70):
            announced.append(size)
            self.client().post({}, headers={"Authorization": f"Bearer {key[:-3]}xyz"})
            failed, finished = self.events()
            self.assertEqual(failed.kind, "auth.failed")
            self.assertEqual(
                (finished.http_status, finished.request_bytes), (401, 2**31 - 1)
            )
            self.since = self.last_id()

    def test_a_server_action_may_change_anything(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Rename",
                "model_id": self.env.ref("base.model_res_partner").id,
                "state": "code",
                "code": "records.write({'name': 'Mire'})",
            }
        )
        self.env["mcp.tool"].create(
            {
                "name": "rename",
                "title": "Rename",
                "description": "Renames.",
                "server_action_id": action.id,
                "input_schema": """{
                    "type": "object",
                    "properties": {"ids": {"type": "array"}},
                    "additionalProperties": false
                }""",
            }
        )
        self.settle()
        self.caller.call("rename", ids=self.partner.ids)
        self.assertEqual(self.partner.name, "Mire")
        _begun, finished = self.events()
        self.assertEqual(
            (finished.model, finished.operation, finished.record_ids),
            ("res.partner", "run", self.partner.ids),
        )
        # what is no id is not kept as one
        action.code = "result['n'] = 1"
        self.settle()
        self.caller.call("rename", ids=["hunter2"])
        _begun, finished = self.events(BEGUN, FINISHED)
        self.assertEqual((finished.operation, finished.record_ids), ("run", []))

    def test_what_was_tried_out_is_no_change(self):
        self.caller.call(
            "write",
            model="res.partner",
            ids=self.partner.ids,
            values={"name": "Mire"},
            dry_run=True,
        )
        _begun, finished = self.events()
        self.assertFalse(finished.operation)
        self.assertEqual(finished.details, {"dry_run": True})
        self.since = self.last_id()
        self.caller.call(
            "create", model="res.partner", records=[{"name": "Bog"}], dry_run=True
        )
        _begun, finished = self.events()
        self.assertFalse(finished.record_ids)
        self.assertEqual(finished.details, {"dry_run": True})

    def test_a_trace_is_kept(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        header = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
        self.caller.post(self.caller.message("server/discover"), headers=header)
        self.assertEqual(self.events().trace_id, trace)

    # What was asked and answered

    def test_what_was_asked_is_kept_without_secrets(self):
        self.caller.call(
            "write",
            model="res.partner",
            ids=self.partner.ids,
            values={"name": "Fen", "comment": "token=abcdef123456"},
            dry_run=True,
        )
        kept = self.payloads(self.events(BEGUN))
        self.assertEqual(set(kept), {"request"})
        values = json.loads(kept["request"])["arguments"]["values"]
        self.assertEqual(values, {"name": "Fen", "comment": "[redacted]"})

    def test_a_rule_decides_how_much_is_kept(self):
        rules = self.env["mcp.audit.rule"]
        tool = self.env["mcp.tool"].search([("name", "=", "search")])
        country = self.env["ir.model"]._get("res.country")
        rules.create({"name": "a", "level": "metadata", "model_ids": country.ids})
        rules.create({"name": "b", "level": "response", "tool_ids": tool.ids})
        self.env.cr.flush()
        self.since = self.last_id()
        self.caller.call("search", model="res.country", limit=1)
        self.assertFalse(self.payloads(self.events(FINISHED)))
        self.since = self.last_id()
        self.caller.call("search", model="res.partner", limit=1)
        self.assertEqual(set(self.payloads(self.events())), {"request", "response"})
        self.since = self.last_id()
        self.caller.call("count", model="res.partner")
        self.assertEqual(set(self.payloads(self.events())), {"request"})

    def test_a_rule_is_never_for_everything_as_what_it_was_for_is_gone(self):
        tools, models_ = self.env["mcp.tool"], self.env["ir.model"]
        copied = tools.search([("name", "=", "search")]).copy()
        made = models_.create({"name": "Made", "model": "x_made"})
        rules = self.env["mcp.audit.rule"].create(
            [
                {"name": "tool", "level": "metadata", "tool_ids": copied.ids},
                {"name": "model", "level": "metadata", "model_ids": made.ids},
            ]
        )
        kept = self.env["mcp.audit.rule"].create(
            {
                "name": "both",
                "level": "response",
                "tool_ids": (copied | tools.search([("name", "=", "count")])).ids,
            }
        )
        copied.unlink()
        made.unlink()
        self.assertEqual(rules.mapped("active"), [False, False])
        self.assertTrue(kept.active)
        self.settle()
        self.caller.call("search", model="res.partner", limit=1)
        self.assertEqual(set(self.payloads(self.events())), {"request"})

    def test_digests_of_events_are_those_of_their_payloads(self):
        self.caller.call("search", model="res.partner", limit=1)
        event = self.events()
        self.env.cr.execute(
            "SELECT salt, full_digest, body FROM mcp_audit_payload"
            " WHERE request_id = %s",
            [event.request_id],
        )
        salt, full_digest, body = self.env.cr.fetchone()
        self.assertEqual(
            event.request_digest, salted_digest(salt, f"{full_digest}{body}")
        )
        self.assertEqual(full_digest, salted_digest(salt, body))

    # When the trail can't be written

    @contextmanager
    def broken(self):
        """The store refuses whatever it is given."""

        def refuse(cr, events):
            raise psycopg2.OperationalError("no space left on device")

        with (
            patch.object(store, "append", refuse),
            mute_logger("odoo.addons.mcp_audit.models.mcp_server", "odoo.http"),
        ):
            yield

    def rename(self):
        body = self.caller.message(
            "tools/call",
            {
                "name": "write",
                "arguments": {
                    "model": "res.partner",
                    "ids": self.partner.ids,
                    "values": {"name": "Mire"},
                },
            },
        )
        return self.caller.post(body, headers=self.caller.mirrored(body))

    @mute_logger("odoo.addons.mcp_core.dispatcher")
    def test_nothing_is_done_that_cannot_be_recorded(self):
        with self.broken():
            response = self.rename()
        self.assertEqual(response.status_code, 503)
        self.assertIn("audit trail", response.json()["error"]["message"])
        self.env.invalidate_all()
        self.assertEqual(self.partner.name, "Fen")

    def test_an_administrator_may_let_it_be_done(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mcp_audit.audit_required", "0")
        self.env.cr.flush()
        with self.broken():
            response = self.rename()
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.partner.name, "Mire")

    # The recovery

    def begin(self, request_id):
        self.env.cr.execute(
            "INSERT INTO mcp_audit_event (kind, request_id, tool, user_id, time)"
            " VALUES (%s, %s, 'write', 7, now() at time zone 'utc'"
            " - interval '20 minutes')",
            [BEGUN, request_id],
        )

    def test_what_never_ended_is_ended_once(self):
        self.begin("dead")
        self.caller.call(
            "write", model="res.partner", ids=self.partner.ids, values={"name": "Mire"}
        )
        events = self.env["mcp.audit.event"]
        self.assertEqual(events._recover(), 1)
        self.assertEqual(events._recover(), 0)
        ended = self.events(FINISHED).filtered(lambda e: e.request_id == "dead")
        self.assertEqual(
            (ended.outcome, ended.tool, ended.user_id), ("interrupted", "write", 7)
        )

    def test_what_begun_a_moment_ago_is_left_alone(self):
        self.caller.call("search", model="res.partner", limit=1)
        self.assertEqual(self.env["mcp.audit.event"]._recover(), 0)

    # Configuration

    def test_changes_of_the_configuration_are_events(self):
        tool = self.env["mcp.tool"].search([("name", "=", "search")])
        tool.title = "Look it up"
        self.env.cr.flush()
        event = self.events("configuration.changed")
        self.assertEqual((event.model, event.record_ids), ("mcp.tool", tool.ids))
        self.assertEqual(event.details["changes"]["title"][1], "Look it up")
        self.assertEqual(event.user_id, self.env.uid)

    def test_changes_of_the_settings_are_events(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mcp_core.page_size", "7")
        parameters.set_param("something.else", "7")
        parameters.set_param("mcp_core.page_size", False)
        self.env.cr.flush()
        changes = [event.details for event in self.events("settings.changed")]
        self.assertEqual(
            changes,
            [
                {"setting": "mcp_core.page_size", "old": None, "new": "7"},
                {"setting": "mcp_core.page_size", "old": "7", "new": None},
            ],
        )

    def test_a_setting_that_gets_another_name_is_changed(self):
        parameters = self.env["ir.config_parameter"].sudo()
        harmless = parameters.create({"key": "something.else", "value": "0"})
        harmless.key = "mcp_audit.audit_required"
        self.assertFalse(self.env["mcp.server"]._setting("audit_required"))
        harmless.write({"key": "something.else", "value": "1"})
        self.env.cr.flush()
        changes = [event.details for event in self.events("settings.changed")]
        setting = {"setting": "mcp_audit.audit_required"}
        self.assertEqual(
            changes,
            [
                setting | {"old": None, "new": "0"},
                setting | {"old": "0", "new": None},
            ],
        )
