"""Rollups are what the events come to, however and however often they are folded."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .. import folding, store
from ..event import BEGUN, FINISHED, Event
from ..histogram import SIZE, bucket
from .common import RollupCase

_ROWS = """
    SELECT day, user_id, login, method, tool, model, client_name, outcome, calls,
           errors, denials, request_bytes, response_bytes, timed, duration::text,
           histogram
      FROM mcp_audit_rollup
     ORDER BY day, user_id, login, method, tool, model, client_name, outcome
"""


@tagged("post_install", "-at_install")
class TestRollups(RollupCase):
    def rows(self):
        self.env.cr.execute(_ROWS)
        return self.env.cr.fetchall()

    def purge(self, condition, *values):
        """Delete events as retention does."""
        self.env.cr.execute("SELECT set_config('mcp_audit.purpose', 'retention', true)")
        self.env.cr.execute(f"DELETE FROM mcp_audit_event WHERE {condition}", values)
        self.env.cr.execute("SELECT set_config('mcp_audit.purpose', '', true)")

    def in_python(self):
        """Return the rows again, computed without any of the SQL."""
        self.env.cr.execute(
            "SELECT time::date, user_id, login, method, tool, model, client_name,"
            " outcome, duration, request_bytes, response_bytes FROM mcp_audit_event"
            " WHERE kind = %s AND id > %s",
            [FINISHED, self.since],
        )
        rows = defaultdict(lambda: [0, 0, 0, 0, 0, 0, Decimal("0.000"), [0] * SIZE])
        for day, user, *about, outcome, took, asked, answered in self.env.cr.fetchall():
            about = about if user else [None] * len(about)
            row = rows[(day, user, *about, outcome)]
            row[0] += 1
            row[1] += outcome in folding.ERRORS
            row[2] += outcome == "refused"
            row[3] += asked or 0
            row[4] += answered or 0
            if took is not None:
                row[5] += 1
                row[6] += Decimal(str(took))
                row[7][bucket(took)] += 1
        return {
            (*key, *row[:6], f"{row[6]:.3f}", self.without_end(row[7]))
            for key, row in rows.items()
        }

    def without_end(self, counts):
        """Return a histogram up to the last bucket in which there is something."""
        last = max((place for place, count in enumerate(counts) if count), default=-1)
        return tuple(counts[: last + 1])

    # Folding

    def test_they_are_what_python_computes(self):
        for _n in range(400):
            self.any_request(self.random.choice([None, "2026-01-31 23:59:59.999999"]))
        self.rollups._fold()
        told = {(*row[:-1], tuple(row[-1])) for row in self.rows()}
        self.assertEqual(told, self.in_python(), f"seed {self.seed}")

    def test_batches_make_no_difference(self):
        for _n in range(200):
            self.any_request()
        until = store.settled(self.env.cr)
        while folding.fold(self.env.cr, until, size=self.random.randint(1, 40)):
            pass
        batches = self.rows()
        folding.rebuild(self.env.cr)
        self.assertEqual(repr(self.rows()), repr(batches), f"seed {self.seed}")

    def test_folding_again_adds_nothing(self):
        self.request()
        self.assertGreater(self.rollups._fold(), 0)
        rows = self.rows()
        self.assertEqual(self.rollups._fold(), 0)
        self.assertEqual(self.rows(), rows)

    def test_a_request_is_counted_when_it_ends(self):
        store.append(self.env.cr, [Event(BEGUN, {"request_id": "begun"})])
        self.rollups._fold()
        self.assertEqual(self.rows(), [])

    def test_of_nobody_only_the_refusal_is_counted(self):
        for login in ("root", "admin"):
            self.request(
                user_id=None, login=login, tool=login, model=None, outcome="refused"
            )
        self.rollups._fold()
        self.assertEqual(
            self.rollups.search([]).mapped(
                lambda row: (row.login, row.tool, row.calls)
            ),
            [(False, False, 2)],
        )

    def test_it_is_known_until_when_all_is_counted(self):
        before = fields.Datetime.now()
        self.rollups._fold()
        self.env.cr.execute("SELECT complete FROM mcp_audit_rollup_state")
        self.assertGreaterEqual(self.env.cr.fetchone()[0], before)

    # Rebuilding

    def test_what_somebody_changed_is_right_again_after_a_rebuild(self):
        for _n in range(50):
            self.any_request()
        self.rollups._fold()
        rows = self.rows()
        self.env.cr.execute("UPDATE mcp_audit_rollup SET calls = calls + 1")
        self.env.cr.execute(
            "INSERT INTO mcp_audit_rollup (day, calls, errors, denials, request_bytes,"
            " response_bytes, timed, duration, histogram)"
            " VALUES (%s, 1, 0, 0, 0, 0, 0, 0, '{}')",
            [date.today() + timedelta(days=1)],
        )
        self.rollups._rebuild()
        self.assertEqual(self.rows(), rows)

    def test_a_rebuild_folds_nothing_new(self):
        self.request()
        self.rollups._rebuild()
        self.assertEqual(self.rows(), [])
        self.rollups._fold()
        self.assertEqual(len(self.rows()), 1)

    def test_days_of_which_something_was_purged_stay(self):
        for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
            for hour in ("05:00", "15:00"):
                self.request(f"{day} {hour}")
        self.rollups._fold()
        rows = self.rows()
        self.purge(
            "kind = %s AND time BETWEEN '2026-01-01' AND '2026-01-02 12:00'", FINISHED
        )
        self.rollups._rebuild()
        self.assertEqual(self.rows(), rows)
        # the first day that is all there is computed again
        self.env.cr.execute("UPDATE mcp_audit_rollup SET calls = 9")
        self.rollups._rebuild()
        self.assertEqual(
            [(str(row[0]), row[8]) for row in self.rows()],
            [("2026-01-01", 9), ("2026-01-02", 9), ("2026-01-03", 2)],
        )

    def test_a_hold_on_an_old_event_does_not_undo_its_day(self):
        for login in ("held", "wren"):
            self.request("2026-01-01 05:00", login=login)
        self.rollups._fold()
        rows = self.rows()
        self.purge("kind = %s AND login = 'wren'", FINISHED)
        self.rollups._rebuild()
        self.assertEqual(self.rows(), rows)

    def test_the_retention_of_other_kinds_keeps_nothing_from_a_rebuild(self):
        store.append(self.env.cr, [Event("auth.failed", {"login": "x"})])
        self.purge("kind = 'auth.failed'")
        self.request()
        self.rollups._fold()
        self.env.cr.execute("UPDATE mcp_audit_rollup SET calls = 9")
        self.rollups._rebuild()
        self.assertEqual([row[8] for row in self.rows()], [1])

    # Jobs

    def test_the_scheduled_action_only_enqueues(self):
        self.request()
        with trap_jobs() as trap:
            self.env.ref("mcp_audit.ir_cron_rollup").method_direct_trigger()
            self.rollups._start_fold()
            trap.assert_jobs_count(1)
            trap.assert_enqueued_job(self.rollups._fold)
        self.assertEqual(self.rows(), [])

    def test_the_jobs_have_a_channel_of_their_own(self):
        for method in ("_fold", "_rebuild"):
            config = self.env["queue.job.function"].job_config(
                f"<mcp.audit.rollup>.{method}"
            )
            self.assertEqual(config.channel, "root.mcp_audit.projection")

    def test_auditors_and_administrators_rebuild(self):
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        system = self.new_user("system", "base.group_user,base.group_system")
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        with trap_jobs() as trap:
            for user in (auditor, system):
                self.rollups.with_user(user).action_rebuild()
            trap.assert_enqueued_job(self.rollups._rebuild)
        with self.assertRaises(AccessError):
            self.rollups.with_user(manager).action_rebuild()

    # Reading

    def test_nobody_changes_them(self):
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        system = self.new_user("system", "base.group_user,base.group_system")
        self.assertTrue(self.rollups.with_user(auditor).has_access("read"))
        for user in (auditor, system):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(self.rollups.with_user(user).has_access(operation))

    def test_usage_counts_days_that_begin_at_midnight(self):
        today = fields.Datetime.now().replace(hour=0, minute=0)
        self.request(today)
        self.request(today - timedelta(minutes=1), tool="read")
        self.request(today - timedelta(days=40), user_id=8)
        self.rollups._fold()
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        usage = self.rollups.with_user(auditor)._usage
        self.assertEqual(usage(days=1), 1)
        self.assertEqual(usage(), 2)
        self.assertEqual(usage(tool="read"), 1)
        self.assertEqual((usage(user_id=8), usage(user_id=8, days=60)), (0, 1))
        self.assertEqual(self.rollups.with_user(self.user)._usage(), 0)

    def test_the_average_is_that_of_the_requests(self):
        for duration in (10, 10, 10, 50):
            self.request(duration=duration, tool="read" if duration == 50 else "search")
        self.rollups._fold()
        [(average,)] = self.rollups._read_group([], [], ["average_duration:avg"])
        self.assertEqual(average, 20)
