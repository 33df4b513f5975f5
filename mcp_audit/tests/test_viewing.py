"""Who looks at the trail is in the trail."""

import json
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.mcp_core.exchange import FINISHED
from odoo.addons.mcp_core.tests.common import MODERN, ToolFailed

from .. import store
from ..models import mcp_audit_event_viewing as viewing
from ..viewing import Looks
from .common import AuditCase

_WEEK = [["time", ">=", "today -7d"]]


@tagged("post_install", "-at_install")
class TestViewing(AuditCase):
    def setUp(self):
        super().setUp()
        # the one cursor of a test can't be both: read-only, and not
        self.set_registry_readonly_mode(False)
        self.auditor = self.new_user(
            "auditor", "mcp_audit.group_auditor,base.group_allow_export"
        )
        self.client(self.user, revision=MODERN).call("list_companies")
        self.event = self.events(FINISHED)
        self.authenticate("auditor", "auditor")
        self.startPatcher(patch.object(viewing, "_looks", Looks()))
        self.since = self.last_id()

    def rpc(self, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/mcp.audit.event/{method}",
            {
                "model": "mcp.audit.event",
                "method": method,
                "args": args,
                "kwargs": kwargs,
            },
        )

    def views(self):
        """Return (what, how many) of the looks since the test began."""
        looks = self.events("audit.viewed")
        self.assertLessEqual(set(looks.mapped("login")), {"auditor"})
        return [(look.details["view"], look.record_count) for look in looks]

    def test_a_list_is_one_look(self):
        found = self.rpc("web_search_read", _WEEK, {"label": {}}, limit=80)
        look = self.events()
        self.assertEqual(look.kind, "audit.viewed")
        self.assertEqual((look.login, look.model), ("auditor", "mcp.audit.event"))
        self.assertEqual(look.details, {"view": "list", "domain": _WEEK})
        self.assertEqual(look.record_count, found["length"])
        self.assertEqual(look.address, "127.0.0.1")

    def test_the_same_look_within_a_minute_is_one(self):
        for offset in (0, 80, 160):
            self.rpc("web_search_read", _WEEK, {"label": {}}, offset=offset, limit=80)
        self.rpc("web_search_read", [], {"label": {}}, limit=1)
        self.assertEqual(len(self.views()), 2)

    def test_a_form_is_a_look_at_contents(self):
        fields = {"asked": {}, "related_ids": {"fields": {"kind": {}}}}
        [shown] = self.rpc("web_read", self.event.ids, fields)
        self.assertIn("list_companies", shown["asked"])
        look = self.events()
        self.assertEqual(look.details, {"view": "form", "contents": True})
        self.assertEqual(look.record_ids, self.event.ids)

    def test_contents_of_related_events_are_contents(self):
        asked = {"asked": {}}
        related = {"related_ids": {"fields": asked}}
        [shown] = self.rpc("web_read", self.event.ids, related)
        self.assertIn("list_companies", shown["related_ids"][0]["asked"])
        domain = [["id", "=", self.event.id]]
        self.rpc(
            "web_read_group",
            domain,
            ["tool"],
            auto_unfold=True,
            unfold_read_specification=asked,
        )
        self.rpc("export_data", self.event.ids, ["related_ids/asked"])
        for look in self.events():
            self.assertTrue(look.details.get("contents"), look.details)
        self.since = self.last_id()
        other = {"related_ids": {"fields": {"kind": {}}}}
        self.rpc("web_read", self.event.ids, other)
        self.assertNotIn("contents", self.events().details)

    def test_who_becomes_the_superuser_looks_too(self):
        self.new_user("settler", "base.group_system")
        self.authenticate("settler", "settler")
        self.url_open("/web/become")
        [shown] = self.rpc("web_read", self.event.ids, {"asked": {}})
        self.assertIn("list_companies", shown["asked"])
        look = self.events("audit.viewed")
        self.assertEqual((look.user_id, look.login), (1, "__system__"))
        self.assertEqual(look.record_ids, self.event.ids)

    def test_groups_are_looks(self):
        self.rpc("web_read_group", _WEEK, ["tool"], ["__count"])
        self.rpc("formatted_read_group", _WEEK, ["time:day", "outcome"], ["__count"])
        self.rpc("formatted_read_grouping_sets", _WEEK, [[], ["tool"]], ["__count"])
        looks = self.events()
        self.assertEqual(
            [look.details["group_by"] for look in looks],
            [["tool"], ["time:day", "outcome"]],
        )

    def test_reading_from_outside_is_a_look(self):
        self.rpc("search_read", [["id", "=", self.event.id]], ["tool"])
        self.rpc("read", self.event.ids, ["tool"])
        self.rpc("search_count", [])
        self.rpc("search", [["id", ">=", self.event.id]])
        views = [view for view, _count in self.views()]
        self.assertEqual(views, ["list", "records", "count", "list"])

    def test_there_is_no_other_way_to_look(self):
        [copy] = self.rpc("copy_data", self.event.ids)
        self.assertEqual(copy["tool"], "list_companies")
        self.rpc("search_panel_select_multi_range", "kind", enable_counters=True)
        # a condition that is met by nothing is left out before anybody reads its text
        odd = ["|", ["id", "=", self.event.id], "&", ["id", "in", []]]
        self.rpc("search_read", [*odd, ["login", "=", "\0"]], ["tool"])
        views = [view for view, _count in self.views()]
        self.assertEqual(views, ["records", "groups", "list"])

    def test_reading_by_a_program_is_a_look(self):
        key = self.new_key(self.auditor, scope="rpc")
        answer = self.url_open(
            "/json/2/mcp.audit.event/search_read",
            json={"domain": [["id", "=", self.event.id]], "fields": ["tool"]},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertEqual(answer.json()[0]["tool"], "list_companies")
        self.assertEqual(self.views(), [("list", 1)])

    def test_an_export_is_one_look(self):
        fields = [{"name": "tool", "label": "Tool"}]
        answer = self.url_open(
            "/web/export/csv",
            data={
                "data": json.dumps(
                    {
                        "model": "mcp.audit.event",
                        "fields": fields,
                        "ids": False,
                        "domain": [["id", "=", self.event.id]],
                        "import_compat": False,
                    }
                ),
                "csrf_token": self.csrf_token(),
            },
        )
        self.assertIn("list_companies", answer.text)
        self.assertEqual(self.views(), [("export", 1)])

    def csrf_token(self):
        page = self.url_open("/odoo").text
        return page.partition('csrf_token: "')[2].partition('"')[0]

    def test_what_the_server_reads_for_itself_is_no_look(self):
        self.env["mcp.audit.event"].with_user(self.auditor).search_read([], ["tool"])
        self.assertEqual(self.views(), [])

    def test_an_endless_filter_is_kept_by_its_beginning(self):
        self.rpc("search_count", [["request_id", "in", ["x" * 100] * 100]])
        self.assertEqual(len(self.events().details["domain"]), 4096)

    def test_nobody_looks_unseen(self):
        def refuse(cr, events):
            raise psycopg2.OperationalError("no space left on device")

        with (
            patch.object(store, "append", refuse),
            mute_logger(viewing.__name__, "odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "UserError"),
        ):
            self.rpc("search_count", [])


@tagged("post_install", "-at_install")
class TestOwnEvents(AuditCase):
    def setUp(self):
        super().setUp()
        self.set_registry_readonly_mode(False)
        self.other = self.new_user("other")
        self.auditor = self.new_user("auditor", "mcp_audit.group_auditor")
        for user in (self.user, self.other):
            self.client(user, revision=MODERN).call("list_companies")
        self.own, self.others = self.events(FINISHED)

    def allow(self, value):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mcp_audit.own_events", value)

    def seen(self, user):
        events = self.env["mcp.audit.event"].with_user(user)
        return events.search([("id", "in", (self.own | self.others).ids)])

    def menu(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        names = {menu["name"] for menu in menus.values()}
        return names & {"My Activity", "Audit Logs", "Connect"}

    def test_they_are_closed_unless_a_setting_opens_them(self):
        events = self.env["mcp.audit.event"].with_user(self.user)
        self.assertFalse(events.has_access("read"))
        for look in (
            lambda: events.search([]),
            lambda: events.search_count([]),
            lambda: events._read_group([], ["tool"], ["__count"]),
            lambda: self.own.with_user(self.user).read(["tool"]),
            lambda: self.own.with_user(self.user).read(["asked"]),
        ):
            with self.assertRaises(AccessError):
                look()
        self.assertEqual(self.menu(self.user), {"Connect"})

    def test_users_see_their_own_and_no_others(self):
        self.allow("1")
        self.assertEqual(self.seen(self.user), self.own)
        self.assertEqual(self.seen(self.other), self.others)
        own, others = self.own.with_user(self.user), self.others.with_user(self.user)
        self.assertIn("list_companies", own.read(["asked"])[0]["asked"])
        for name in ("tool", "asked", "answered", "changed", "told", "related_ids"):
            with self.assertRaises(AccessError):
                others.read([name])
        for query in (
            [("of_request", "=", self.others.request_id)],
            [("account_id", "=", self.other.id)],
        ):
            self.assertFalse(own.search(query))
        self.assertFalse(own.has_access("write"))
        self.assertEqual(self.menu(self.user), {"Connect", "My Activity"})

    def test_it_is_closed_again_at_once(self):
        self.allow("1")
        self.assertEqual(self.menu(self.user), {"Connect", "My Activity"})
        self.allow(False)
        self.assertEqual(self.menu(self.user), {"Connect"})
        with self.assertRaises(AccessError):
            self.seen(self.user)

    def test_auditors_see_all_whatever_the_setting(self):
        for value in ("1", False):
            self.allow(value)
            self.assertEqual(self.seen(self.auditor), self.own | self.others)
            self.assertEqual(self.menu(self.auditor), {"Audit Logs"})

    def test_who_is_neither_sees_nothing(self):
        self.allow("1")
        employee = self.new_user("employee", "base.group_user")
        with self.assertRaises(AccessError):
            self.seen(employee)

    def test_no_client_looks_at_the_trail(self):
        self.allow("1")
        self.auditor.group_ids |= self.env.ref("mcp_core.group_user")
        self.env.cr.flush()
        for user in (self.user, self.auditor):
            client = self.client(user, revision=MODERN)
            for tool in ("search", "count", "describe_model"):
                with self.assertRaises(ToolFailed):
                    client.call(tool, model="mcp.audit.event")
            listed = client.call("list_models", words="mcp audit event")
            self.assertNotIn("mcp.audit.event", json.dumps(listed))
        found = client.call(
            "read",
            model="res.users",
            ids=self.auditor.ids,
            fields=["mcp_request_count"],
        )
        self.assertEqual(found["records"][0]["mcp_request_count"], 0)
