"""The rate limit: what counts, for whom, and what a client is told.

That it holds for many workers at once is tested against a live server.
"""

import re
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import mute_logger, tagged

from odoo.addons.mcp_core.tests.common import MODERN, McpCase

from ..rate import Balance, Rate, response_headers

#: One message a minute more: nothing comes back while a test runs.
_SLOW = 1


@tagged("post_install", "-at_install")
class TestRateLimit(McpCase):
    def set_limit(self, burst, per_minute=_SLOW):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("mcp_security.rate_per_minute", str(per_minute))
        parameters.set_param("mcp_security.rate_burst", str(burst))

    def except_for(self, **values):
        return self.env["mcp.rate.limit"].create(values)

    def ping(self, client):
        message = client.message("ping")
        return client.post(message, headers=client.mirrored(message))

    def call(self, client, name="count"):
        params = {"name": name, "arguments": {"model": "res.partner"}}
        return client.post(client.message("tools/call", params))

    def remaining(self, response, policy="user"):
        found = re.search(rf'"{policy}";r=(\d+);t=\d+', response.headers["RateLimit"])
        return int(found[1])

    def assertRefused(self, response):
        self.assertEqual(response.status_code, 429)
        self.assertEqual(response.json()["error"]["code"], -32000)

    def test_on_installation_a_user_may_send_120_a_minute_and_60_at_once(self):
        for name in ("rate_per_minute", "rate_burst"):
            self.env["ir.config_parameter"].set_param(f"mcp_security.{name}", False)
        rate = self.env["mcp.rate.limit"].with_user(self.user)._rate_of_user()
        self.assertEqual(rate, Rate(120, 60))
        response = self.ping(self.client(self.user))
        self.assertEqual(response.headers["RateLimit-Policy"], '"user";q=60;w=30')
        self.assertIn(self.remaining(response), (58, 59))

    def test_who_sends_more_is_told_when_to_come_back(self):
        self.set_limit(3, per_minute=6)
        client = self.client(self.user)  # initialize is the first message
        self.assertEqual(self.remaining(self.ping(client)), 1)
        self.assertEqual(self.remaining(self.ping(client)), 0)
        refused = self.ping(client)
        self.assertRefused(refused)
        seconds = int(refused.headers["Retry-After"])
        self.assertTrue(1 <= seconds <= 10)
        self.assertEqual(refused.headers["RateLimit-Policy"], '"user";q=3;w=30')
        self.assertEqual(refused.headers["RateLimit"], f'"user";r=0;t={seconds}')
        self.assertEqual(refused.headers["Content-Type"], "application/json")
        body = refused.json()
        self.assertEqual(body["error"]["data"], {"retryAfter": seconds})
        self.assertIn("6 a minute are allowed, 3 at once", body["error"]["message"])
        self.assertEqual(body["id"], 4)

    def test_the_modern_era_is_told_the_same(self):
        self.set_limit(2)
        client = self.client(self.user, MODERN)
        message = client.message("server/discover")
        answers = [
            client.post(message, headers=client.mirrored(message)) for _ in "123"
        ]
        self.assertEqual([answer.status_code for answer in answers], [200, 200, 429])
        self.assertEqual(answers[2].json()["error"]["data"], {"retryAfter": 60})

    def test_notifications_and_what_is_answered_with_an_error_count(self):
        self.set_limit(9)
        client = self.client(self.user)
        notification = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        accepted = client.post(notification)
        self.assertEqual((accepted.status_code, accepted.content), (202, b""))
        self.assertEqual(self.remaining(accepted), 7)
        unknown = client.post(client.message("no/such/method"))
        self.assertIn("error", unknown.json())
        self.assertEqual(self.remaining(unknown), 6)

    def test_what_is_no_message_counts(self):
        self.set_limit(9)
        client = self.client(self.user)
        session = {"Mcp-Session-Id": "no-such-session"}
        for body, more in (
            (b"{", {}),
            ({"jsonrpc": "2.0"}, {}),
            (client.message("ping"), {"headers": {"Mcp-Session-Id": None}}),
            (None, {"method": "DELETE", "headers": session}),
            (None, {"method": "GET"}),
            (b"{}", {"headers": {"Content-Type": "text/plain"}}),
        ):
            refused = client.post(body, **more)
            self.assertGreaterEqual(refused.status_code, 400)
            # here Odoo undoes it with the rest of the request
            self.assertEqual(self.remaining(refused), 7, (body, refused.text))
        self.set_limit(1)
        for body in (b"{", b"[]"):
            self.assertRefused(client.post(body))
        self.assertRefused(client.post(method="DELETE", headers=session))

    def test_what_a_client_answers_to_a_question_counts_and_is_never_refused(self):
        self.set_limit(3)
        client = self.client(self.user)
        answer = {"jsonrpc": "2.0", "id": "odoo-1", "result": {"action": "decline"}}
        answers = [client.post(answer) for _ in "123"]
        self.assertEqual([answer.status_code for answer in answers], [202] * 3)
        self.assertEqual([self.remaining(answer) for answer in answers], [1, 0, 0])
        self.assertRefused(self.ping(client))

    def test_each_message_of_a_batch_counts(self):
        self.set_limit(4)
        client = self.client(self.user, "2025-03-26")
        answer = client.post([client.message("ping") for _ in range(5)])
        self.assertEqual(self.remaining(answer), 0)
        self.assertEqual(
            [message.get("error", {}).get("code") for message in answer.json()],
            [None, None, None, -32000, -32000],
        )

    def test_users_do_not_count_for_each_other(self):
        self.set_limit(2)
        one = self.client(self.user)
        other = self.client(self.new_user("mcp_other"))
        self.assertEqual(self.ping(one).status_code, 200)
        self.assertRefused(self.ping(one))
        self.assertEqual(self.ping(other).status_code, 200)
        # another key of the same user is no other user
        self.assertEqual(self.client(self.user).initialize().status_code, 429)

    def test_without_a_limit_there_are_no_headers_and_no_queries(self):
        self.set_limit(1, per_minute=0)
        client = self.client(self.user)
        for _ in range(3):
            response = self.ping(client)
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("RateLimit", response.headers)
            self.assertNotIn("RateLimit-Policy", response.headers)
        limits = self.env["mcp.rate.limit"].with_user(self.user)
        limits._rate_of_user()
        with self.assertQueryCount(0):
            self.assertIsNone(limits._rate_of_user())
            self.assertIsNone(limits._rate_of_tool("search"))

    def test_the_record_of_the_user_counts_before_the_group_and_the_settings(self):
        self.set_limit(2)
        limits = self.env["mcp.rate.limit"].with_user(self.user)
        group = self.env.ref("mcp_core.group_user")
        of_group = self.except_for(group_id=group.id, per_minute=7, burst=5)
        self.assertEqual(limits._rate_of_user(), Rate(7, 5))
        first = self.except_for(group_id=group.id, burst=6, sequence=1)
        self.assertEqual(limits._rate_of_user(), Rate(120, 6))
        own = self.except_for(user_id=self.user.id, unlimited=True)
        self.assertIsNone(limits._rate_of_user())
        client = self.client(self.user)
        self.assertNotIn("RateLimit", self.ping(client).headers)
        own.active = False
        self.assertEqual(self.remaining(self.ping(client)), 5)
        (of_group | first).unlink()
        self.assertEqual(limits._rate_of_user(), Rate(_SLOW, 2))

    def test_those_named_are_limited_where_nobody_else_is(self):
        self.set_limit(1, per_minute=0)
        self.except_for(user_id=self.user.id, per_minute=_SLOW, burst=2)
        client = self.client(self.user)
        self.assertEqual(self.remaining(self.ping(client)), 0)
        self.assertRefused(self.ping(client))

    def test_a_tool_has_a_limit_of_its_own_beside_that_of_the_user(self):
        self.set_limit(9)
        tool = self.env["mcp.tool"].search([("name", "=", "count")])
        everybody = self.except_for(tool_id=tool.id, per_minute=6, burst=1)
        client = self.client(self.user)
        first = self.call(client)
        self.assertEqual(first.status_code, 200)
        policies = '"user";q=9;w=540, "tool";q=1;w=10'
        self.assertEqual(first.headers["RateLimit-Policy"], policies)
        self.assertEqual(self.remaining(first), 7)
        self.assertEqual(self.remaining(first, "tool"), 0)
        refused = self.call(client)
        self.assertRefused(refused)
        self.assertIn("calls of this tool", refused.json()["error"]["message"])
        self.assertLessEqual(int(refused.headers["Retry-After"]), 10)
        # what was refused for the tool does not count for the user
        self.assertEqual(self.remaining(refused), 7)
        self.assertEqual(self.remaining(self.call(client, "search")), 6)
        self.except_for(tool_id=tool.id, user_id=self.user.id, unlimited=True)
        self.assertEqual(self.call(client).status_code, 200)
        everybody.user_id = self.user
        tool.name = "count_records"
        limits = self.env["mcp.rate.limit"].with_user(self.user)
        self.assertIsNone(limits._rate_of_tool("count"))

    def test_what_the_user_has_used_up_does_not_count_for_the_tool(self):
        self.set_limit(2)
        tool = self.env["mcp.tool"].search([("name", "=", "count")])
        self.except_for(tool_id=tool.id, per_minute=_SLOW, burst=5)
        client = self.client(self.user)
        self.assertEqual(self.remaining(self.call(client), "tool"), 4)
        refused = self.call(client)
        self.assertRefused(refused)
        self.assertIn("Too many messages", refused.json()["error"]["message"])
        self.assertEqual(self.remaining(refused, "tool"), 4)

    def test_a_higher_limit_helps_at_once(self):
        self.set_limit(50)
        take = self.env["mcp.rate.bucket"]._take
        for _ in range(50):
            self.assertTrue(take(self.user.id, Rate(1, 50), "", None)[0])
        passed, [balance] = take(self.user.id, Rate(1, 50), "", None)
        self.assertEqual((passed, balance.remaining), (False, 0))
        # 50 minutes of waiting have become a second
        passed, [balance] = take(self.user.id, Rate(60, 10), "", None)
        self.assertEqual((passed, balance.seconds), (False, 1))

    def test_a_name_that_is_no_tool_limits_nothing(self):
        self.set_limit(1, per_minute=0)
        tool = self.env["mcp.tool"].search([("name", "=", "count")])
        self.except_for(tool_id=tool.id, per_minute=_SLOW, burst=1)
        client = self.client(self.user)
        for name in (["count"], {"count": 1}, None, 7, "", "x" * 5000):
            message = client.message("tools/call", {"name": name})
            self.assertNotIn("RateLimit", client.post(message).headers, name)

    @mute_logger("odoo.sql_db")
    def test_records_that_make_no_sense_are_refused(self):
        group = self.env.ref("mcp_core.group_user")
        tool = self.env["mcp.tool"].search([], limit=1)
        for values in (
            {},
            {"user_id": self.user.id, "group_id": group.id},
            {"tool_id": tool.id, "per_minute": 0},
            {"tool_id": tool.id, "burst": 0},
            {"tool_id": tool.id, "burst": 10_001},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.except_for(**values)

    def test_only_administrators_see_the_limits(self):
        limit = self.except_for(user_id=self.user.id)
        manager = self.new_user("mcp_manager", "mcp_core.group_manager")
        limit.with_user(manager).burst = 7
        with self.assertRaises(AccessError):
            limit.with_user(self.user).burst = 8
        with self.assertRaises(AccessError):
            limit.with_user(self.user).read(["burst"])
        with self.assertRaises(AccessError):
            self.env["mcp.rate.bucket"].with_user(manager).search([])

    def test_the_table_is_not_logged_and_old_rows_go(self):
        take = self.env["mcp.rate.bucket"]._take
        take(self.user.id, Rate(1, 5), "", None)
        take(self.env.uid, Rate(1, 5), "", None)
        self.env.cr.execute(
            "UPDATE mcp_rate_bucket SET moment = moment - %s WHERE user_id = %s",
            [timedelta(days=31) // timedelta(microseconds=1), self.user.id],
        )
        self.env["mcp.rate.bucket"]._gc_buckets()
        self.env.cr.execute(
            "SELECT user_id FROM mcp_rate_bucket WHERE user_id IN %s",
            [(self.user.id, self.env.uid)],
        )
        self.assertEqual(self.env.cr.fetchall(), [(self.env.uid,)])
        self.env.cr.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'mcp_rate_bucket'"
        )
        self.assertEqual(self.env.cr.fetchall(), [("u",)])


@tagged("post_install", "-at_install")
class TestBalance(McpCase):
    def test_headers_round_to_the_side_of_the_server(self):
        rate = Rate(120, 60)
        cases = {0: (60, 0), 1: (59, 1), 500_000: (59, 1), 500_001: (58, 1)}
        cases |= {29_999_999: (0, 1), 30_000_000: (0, 1)}
        for ahead, (remaining, seconds) in cases.items():
            balance = Balance("user", rate, ahead)
            self.assertEqual(balance.remaining, remaining, ahead)
            if ahead:
                self.assertEqual(balance.seconds, seconds, ahead)
        # a pace that no whole number of microseconds is, is rounded down
        self.assertEqual(Rate(7, 1).cost, 8_571_429)
        self.assertEqual(
            response_headers([Balance("user", Rate(7, 1), 8_571_429)]),
            {"RateLimit-Policy": '"user";q=1;w=9', "RateLimit": '"user";r=0;t=9'},
        )
