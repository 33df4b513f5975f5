"""What is due is deleted, and nothing else."""

import contextlib
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..event import BEGUN, FINISHED
from ..models import mcp_audit_purge_job
from .retention_common import RetentionCase

_MICROSECOND = 1 / 86_400_000_000


@tagged("post_install", "-at_install")
class TestRetention(RetentionCase):
    # What is due

    def test_each_group_has_its_days(self):
        self.days(requests=40, security=60, changes=90)
        kinds = {
            "requests": (BEGUN, FINISHED, "session.opened"),
            "security": ("auth.failed", "address.refused", "rate.limited"),
            "changes": ("settings.changed", "configuration.changed", "audit.viewed"),
        }
        for name, days in (("requests", 40), ("security", 60), ("changes", 90)):
            old = [self.event(days + 1, kind) for kind in kinds[name]]
            young = [self.event(days - 1, kind) for kind in kinds[name]]
            self.purge()
            with self.subTest(group=name):
                self.assertEqual(self.left(*old, *young), young)

    def test_a_day_goes_as_a_whole(self):
        self.days(requests=40)
        first, last = self.event(40), self.event(40 + _MICROSECOND)
        self.purge()
        self.assertEqual(self.left(first, last), [first])

    def test_nothing_goes_that_is_not_sealed(self):
        self.days(requests=40)
        sealed, bare = self.event(50), self.event(50, sealed=False)
        self.purge()
        self.assertEqual(self.left(sealed, bare), [bare])

    def test_a_seal_loses_all_of_a_group_or_nothing(self):
        self.days(requests=40)
        ids = [self.event(days, sealed=False) for days in (50, 45, 39)]
        self.seal(ids[0], ids[-1], self.today - timedelta(days=39))
        self.purge()
        self.assertEqual(self.left(*ids), ids)

    def test_nothing_is_sealed_where_there_are_no_seals(self):
        event = self.event(500)
        self.env.cr.execute("ALTER TABLE mcp_audit_seal RENAME TO mcp_audit_other")
        self.purge()
        self.env.cr.execute("ALTER TABLE mcp_audit_other RENAME TO mcp_audit_seal")
        self.assertTrue(self.left(event))

    def test_nothing_goes_that_is_younger_than_the_floor(self):
        self.days(requests=1)
        old, young = self.event(31), self.event(29)
        before = self.retention._cutoffs()["requests"]
        self.assertLess(before, str(self.today - timedelta(days=29)))
        self.env.cr.execute(
            "SELECT sum(deleted) FROM mcp_audit_purge(0, %s, %s::jsonb)",
            [young, '{"requests": "2999-01-01", "changes": "2999-01-01"}'],
        )
        self.assertEqual(self.left(old, young), [young])

    def test_what_was_asked_has_days_of_its_own(self):
        self.days(requests=90, payloads=10)
        old, young = self.request(11), self.request(9)
        self.purge()
        self.assertEqual(set(self.contents(old, young)), {young})
        self.assertEqual(len(self.events(FINISHED)), 2)

    def test_what_was_asked_is_not_kept_longer_than_its_request(self):
        self.days(requests=40, payloads=400)
        request = self.request(50)
        self.purge()
        self.assertFalse(self.contents(request))

    # The only way

    @mute_logger("odoo.sql_db")
    def test_everything_else_is_refused_still(self):
        self.days(requests=40)
        self.event(50)
        event = self.event(39)
        self.purge()
        self.env.cr.execute("SELECT current_setting('mcp_audit.purpose', true)")
        self.assertNotEqual(self.env.cr.fetchone()[0], "retention")
        for statement in (
            "UPDATE mcp_audit_event SET login = 'x' WHERE id = %s",
            "DELETE FROM mcp_audit_event WHERE id = %s",
            "DELETE FROM mcp_audit_payload WHERE id = %s",
        ):
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [event])

    # The job

    def steps(self, purge, count):
        """Do some of the transactions, each for one event; then it is killed."""
        step = purge._prepared()
        for _ in range(count):
            purge._apart(step, 1)
        self.env.invalidate_all()

    def test_a_killed_purge_goes_on_where_it_was(self):
        self.days(requests=40, payloads=40)
        old = [self.event(50 + n) for n in range(5)]
        request = self.request(60)
        purge = self.purges._plan()
        # what was asked, and that there is no more of it; then three events
        self.steps(purge, 2 + 3)
        self.assertEqual(self.left(*old), old[3:])
        self.assertEqual(purge.state, "running")
        self.purges._plan()._run()
        purge._run()
        self.env.invalidate_all()
        self.assertEqual(self.left(*old), [])
        self.assertFalse(self.contents(request))
        self.assertEqual((purge.state, purge.total), ("done", 7))
        told = [event.details for event in self.events("audit.purged")]
        self.assertEqual(sum(facts["deleted"] for facts in told), 7)

    def test_a_step_that_fails_leaves_nothing_half_done(self):
        self.days(requests=40)
        event = self.event(50)
        purge = self.purges._plan()
        retention = self.registry["mcp.audit.retention"]

        delete = retention._delete

        def fail(self, *args):
            delete(self, *args)
            raise ZeroDivisionError

        # not assertRaises: Odoo's own would undo it anyway
        with (
            patch.object(retention, "_delete", fail),
            contextlib.suppress(ZeroDivisionError),
        ):
            purge._run()
        self.assertTrue(self.left(event))
        self.assertFalse(self.events("audit.purged"))

    def test_more_days_are_obeyed_by_what_runs_already(self):
        self.days(requests=40)
        events = [self.event(50), self.event(50)]
        purge = self.purges._plan()
        self.steps(purge, 2)
        self.days(requests=60)
        purge._run()
        self.assertEqual(len(self.left(*events)), 1)

    def test_it_can_be_stopped(self):
        self.days(requests=40)
        events = [self.event(50), self.event(50)]
        purge = self.purges._plan()
        self.steps(purge, 2)
        purge.action_stop()
        self.env.cr.flush()
        purge._run()
        self.assertEqual(len(self.left(*events)), 1)

    def test_the_scheduled_action_enqueues_and_goes_on(self):
        self.days(requests=40)
        event = self.event(50)
        cron = self.env.ref("mcp_audit.ir_cron_retention")
        self.assertEqual(cron.code, "model._start_daily()")
        with trap_jobs() as trap:
            self.purges._start_daily()
            self.purges._start_daily()
            trap.assert_jobs_count(1)
            self.assertTrue(self.left(event))
            trap.perform_enqueued_jobs()
        self.assertFalse(self.left(event))
        function = self.env.ref("mcp_audit.job_function_purge")
        self.assertEqual(function.channel, "root.mcp_audit.retention")

    def test_a_long_purge_is_several_jobs(self):
        self.days(requests=40)
        self.event(50)
        self.patch(mcp_audit_purge_job, "_JOB_SECONDS", -1)
        purge = self.purges._plan()
        with trap_jobs() as trap:
            purge._run()
            trap.assert_enqueued_job(
                purge._run, properties={"identity_key": f"mcp_audit.purge:{purge.id}"}
            )

    # Events

    def test_a_purge_is_in_the_trail(self):
        self.days(requests=40, security=40)
        first, last = self.event(50), self.event(51)
        self.hold(tool_names="write")
        self.event(50, tool="write")
        purge = self.purge()
        told = self.events("audit.purged").details
        self.assertEqual(
            told,
            {
                "purge": purge.id,
                "group": "requests",
                "before": f"{self.today - timedelta(days=40)}",
                "deleted": 2,
                "held": 1,
                "first_id": first,
                "last_id": last,
                "seals": 2,
            },
        )
        self.assertEqual((purge.deleted, purge.held), (2, 1))
        self.assertIn("2 deleted, 1 held back", purge.result)
