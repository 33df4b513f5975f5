"""The lockout: what is counted, for how long it locks, and whom it leaves alone.

Failures are committed beside the request, which Odoo's own tests undo: here the
counting is called as a request calls it, and the rest is tested on a live server.
"""

from base64 import b64encode
from datetime import timedelta
from itertools import count

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mcp_core.exchange import Exchange
from odoo.addons.mcp_core.protocol.credentials import credentials
from odoo.addons.mcp_core.protocol.errors import ProtocolError
from odoo.addons.mcp_core.tests.common import McpCase


def basic(login, password="wrong"):
    return f"Basic {b64encode(f'{login}:{password}'.encode()).decode()}"


@tagged("post_install", "-at_install")
class TestLockout(McpCase):
    def setUp(self):
        super().setUp()
        self.locks = self.env["mcp.lockout"]
        self.numbers = count()
        self.locks.search([]).unlink()
        self.env["ir.config_parameter"].set_param("mcp_security.lockout_failures", "5")

    def attempt(self, authorization, address="203.0.113.7", most=5):
        exchange = Exchange(address=address, user_agent="", origin=None)
        server = self.env["mcp.server"]
        return server._attempt(exchange, credentials(authorization), most)

    def fail(self, authorization, times=1, address="203.0.113.7"):
        attempt = self.attempt(authorization, address)
        for _ in range(times):
            self.locks._fail(f"request {next(self.numbers)}", attempt.rows)
        self.locks.invalidate_model()

    def wait(self, **duration):
        """Let so much time pass."""
        for row in self.locks.search([]):
            row.last_failure -= timedelta(**duration)
            if row.next_slot:
                row.next_slot -= timedelta(**duration)
        self.env.flush_all()

    def seconds(self, authorization, address="203.0.113.7"):
        """Return for how long such an attempt is locked."""
        rows = self.attempt(authorization, address).rows
        return max(self.locks._locks([key for key, *_rest in rows]).values(), default=0)

    def test_the_fifth_failure_locks_a_login_where_it_failed(self):
        self.fail(basic("alice"), 4)
        self.assertFalse(self.seconds(basic("alice")))
        self.fail(basic("alice"))
        self.assertIn(self.seconds(basic("alice")), (29, 30))
        # in any case, and with any password
        self.assertTrue(self.seconds(basic("ALICE", "other")))
        # nobody else, and not elsewhere
        self.assertFalse(self.seconds(basic("bob")))
        self.assertFalse(self.seconds(basic("alice"), "203.0.113.8"))
        self.assertFalse(self.seconds("Bearer 0123456789"))

    def test_an_address_is_locked_for_all_after_four_times_as_many(self):
        for number in range(19):
            self.fail(basic(f"user {number}"))
        self.assertFalse(self.seconds(basic("alice")))
        self.fail(basic("somebody"))
        self.assertTrue(self.seconds(basic("alice")))
        self.assertTrue(self.seconds("Bearer 0123456789"))

    def test_neighbours_of_version_6_are_locked_together(self):
        for number in range(20):
            self.fail(basic(f"user {number}"), address=f"2001:db8::{number:x}")
        self.assertTrue(self.seconds(basic("alice"), "2001:db8::ffff"))
        self.assertFalse(self.seconds(basic("alice"), "2001:db8:0:1::1"))
        for number in range(60):
            self.fail(basic(f"user {number}"), address=f"2001:db8:0:{number % 8:x}::1")
        self.assertTrue(self.seconds(basic("alice"), "2001:db8:0:77::1"))
        self.assertFalse(self.seconds(basic("alice"), "2001:db8:0:1077::1"))

    def test_all_keys_of_an_address_are_one(self):
        for number in range(5):
            self.fail(f"Bearer wrong-key-{number}")
        self.assertTrue(self.seconds("Bearer another-key"))
        self.assertFalse(self.seconds(basic("alice")))

    def test_addresses_that_make_no_sense_are_locked_soonest(self):
        for number in range(5):
            self.fail(basic(f"user {number}"), address=f"garbage {number}")
        self.assertTrue(self.seconds(basic("alice"), "nonsense"))

    def test_each_failure_after_that_doubles_the_delay_up_to_15_minutes(self):
        delays = []
        self.fail(basic("alice"), 4)
        for _ in range(8):
            self.fail(basic("alice"))
            delays.append(-(-self.seconds(basic("alice")) // 10) * 10)
        self.assertEqual(delays[:5], [30, 60, 120, 240, 480])
        self.assertEqual(delays[5:], [900, 900, 900])

    def test_counting_begins_anew_after_an_hour_of_peace(self):
        self.fail(basic("alice"), 4)
        self.wait(minutes=61)
        self.fail(basic("alice"))
        self.assertFalse(self.seconds(basic("alice")))
        self.assertEqual(set(self.locks.search([]).mapped("failures")), {1})

    def test_a_request_that_is_run_again_is_counted_once(self):
        attempt = self.attempt(basic("alice"))
        for _ in range(9):
            self.locks._fail("one request", attempt.rows)
        self.locks.invalidate_model()
        self.assertEqual(set(self.locks.search([]).mapped("failures")), {1})

    def test_success_clears_the_login_and_not_the_address(self):
        self.fail(basic("alice"), 3)
        self.locks._clear(self.attempt(basic("alice")).pair)
        self.locks.invalidate_model()
        [left] = self.locks.search([])
        self.assertEqual(
            (left.network, left.login, left.failures), ("203.0.113.7", False, 3)
        )

    def test_a_key_may_be_looked_at_every_two_seconds_while_locked(self):
        self.fail("Bearer wrong-key-0", 5)
        [row] = self.locks.search([("key", "like", "login:")])
        self.assertTrue(self.locks._take_slot(row.key))
        self.assertFalse(self.locks._take_slot(row.key))
        self.locks.invalidate_model()
        self.wait(seconds=2)
        self.assertTrue(self.locks._take_slot(row.key))

    def test_what_is_kept_tells_no_password_and_of_a_login_one_short_line(self):
        self.fail(basic("al\u202eice" + "x" * 500, "canary-password"))
        self.env.cr.execute("SELECT row_to_json(mcp_lockout)::text FROM mcp_lockout")
        text = " ".join(row for (row,) in self.env.cr.fetchall())
        self.assertNotIn("canary-password", text)
        [row] = self.locks.search([("login", "!=", False)])
        self.assertLess(len(row.login), 120)
        self.assertNotIn("\u202e", row.login)

    def test_administrators_of_mcp_see_who_is_locked_and_let_them_in(self):
        manager = self.new_user("mcp_manager")
        manager.group_ids += self.env.ref("mcp_core.group_manager")
        self.fail(basic("alice"), 5)
        locks = self.locks.with_user(manager).search([("is_locked", "=", True)])
        self.assertEqual((len(locks), locks.login), (1, "alice"))
        self.assertGreater(locks.locked_until, fields.Datetime.now())
        with self.assertRaises(AccessError):
            locks.with_user(self.user).action_lift()
        locks.action_lift()
        self.assertFalse(self.seconds(basic("alice")))
        with self.assertRaises(AccessError):
            self.locks.with_user(manager).create({"key": "x"})

    def test_rows_say_whom_they_are_about(self):
        self.fail(basic("alice"))
        self.fail("Bearer wrong-key-0123")
        self.assertEqual(
            set(self.locks.search([]).mapped("subject")),
            {"alice", "API keys", "Everybody there"},
        )

    def test_old_rows_are_removed(self):
        self.fail(basic("alice"))
        self.locks._gc_lockouts()
        self.assertTrue(self.locks.search([]))
        self.wait(days=8)
        self.locks._gc_lockouts()
        self.locks.invalidate_model()
        self.assertFalse(self.locks.search([]))


@tagged("post_install", "-at_install")
class TestEvents(McpCase):
    """What auditors are told of who is kept out."""

    def setUp(self):
        super().setUp()
        seen = self.seen = []

        def emit(_server, kind, exchange=None, **facts):
            seen.append((kind, facts))

        self.patch(type(self.env["mcp.server"]), "_emit", emit)

    def events(self, *kinds):
        return [(kind, facts) for kind, facts in self.seen if kind in kinds]

    def authenticate(self, authorization):
        exchange = Exchange(address="203.0.113.7", user_agent="", origin=None)
        server = self.env["mcp.server"].with_user(SUPERUSER_ID)
        with self.assertRaises(ProtocolError):
            server._authenticate(exchange, authorization)

    def test_a_login_that_is_locked_is_an_event_with_its_name(self):
        exchange = Exchange(address="203.0.113.7", user_agent="", origin=None)
        server = self.env["mcp.server"]
        rows = server._attempt(exchange, credentials(basic("alice")), 1).rows
        self.env["mcp.lockout"]._fail("request", rows)
        self.authenticate(basic("alice"))
        [(_kind, facts)] = self.events("auth.locked")
        self.assertEqual(facts["login"], "alice")
        self.assertGreater(facts["retry_after"], 20)
        self.assertNotIn("wrong", str(self.seen))

    def test_an_address_that_is_denied_is_an_event(self):
        self.env["mcp.ip.rule"].create({"network": "203.0.113.7", "action": "deny"})
        self.authenticate(basic("alice"))
        self.assertEqual(self.events("address.refused"), [("address.refused", {})])
        self.assertNotIn("alice", str(self.seen))

    def test_a_message_too_many_is_an_event(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("mcp_security.rate_per_minute", "1")
        parameters.set_param("mcp_security.rate_burst", "1")
        client = self.client(self.user)
        self.assertEqual(client.post(client.message("ping")).status_code, 429)
        [(_kind, facts)] = self.events("rate.limited")
        self.assertEqual(facts["policy"], "user")
        self.assertTrue(50 <= facts["retry_after"] <= 60)
