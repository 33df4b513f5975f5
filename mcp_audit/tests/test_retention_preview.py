"""What is shown before it is deleted is what is deleted."""

import random
import time
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..event import BEGUN, FINISHED
from .retention_common import RetentionCase


@tagged("post_install", "-at_install")
class TestRetentionPreview(RetentionCase):
    def test_a_preview_is_what_is_deleted(self):
        seed = time.time_ns()
        dice = random.Random(seed)
        kinds = [BEGUN, FINISHED, "session.opened", "auth.failed", "hold.placed"]
        for name in ("requests", "security", "changes", "payloads"):
            self.days(**{name: dice.randint(31, 60)})
        for _ in range(dice.randint(0, 3)):
            self.hold(
                date_from=self.today - timedelta(days=dice.randint(30, 70)),
                tool_names=dice.choice(["write", "read, write", False]),
            )
        requests = []
        for _ in range(150):
            self.event(
                dice.randint(28, 65),
                dice.choice(kinds),
                sealed=dice.random() < 0.8,
                tool=dice.choice(["write", "read", "search"]),
            )
            requests.append(
                self.request(dice.randint(28, 65), tool=dice.choice(["write", "x"]))
            )
        preview = self.retention._preview(self.retention._cutoffs())
        purge = self.purge()
        lost = purge.progress["lost"]
        with self.subTest(seed=seed):
            for line in preview:
                sums = lost.get(line["group"], {"deleted": 0, "held": 0})
                self.assertEqual(line["count"], sums["deleted"], line)
                self.assertEqual(line["held"], sums["held"], line)
            again = self.retention._preview(self.retention._cutoffs())
            self.assertEqual([line["count"] for line in again], [0] * 4)
            self.assertEqual(
                [line["holds"] for line in again], [line["holds"] for line in preview]
            )

    def test_the_preview_shows_it_and_runs_it(self):
        self.days(requests=40)
        event = self.event(50)
        hold = self.hold(tool_names="write")
        self.event(50, tool="write")
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        previews = self.env["mcp.audit.retention.preview"].with_user(manager)
        preview = previews.browse(previews._open()["res_id"])
        line = preview.line_ids.filtered(lambda line: line.group == "requests")
        self.assertEqual((line.total, line.held), (1, 1))
        self.assertEqual(line.holds, f"{hold.name}: 1")
        self.assertEqual(line.oldest, self.today - timedelta(days=50))
        with trap_jobs() as trap:
            window = preview.action_run()
            trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        self.assertEqual(self.purges.browse(window["res_id"]).create_uid, manager)
        self.assertFalse(self.left(event))
        self.assertEqual(self.events("audit.purged").user_id, manager.id)

    def test_auditors_look_and_administrators_run(self):
        self.event(500)
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        previews = self.env["mcp.audit.retention.preview"]
        preview = previews.with_user(auditor)._open()["res_id"]
        with self.assertRaises(AccessError):
            previews.with_user(auditor).browse(preview).action_run()
        for user in (self.user, auditor):
            with self.assertRaises(AccessError):
                self.purges.with_user(user).create({"cause": "retention"})
        with self.assertRaises(AccessError):
            previews.with_user(self.user)._open()

    def test_what_nobody_was_shown_is_not_planned(self):
        # it would fail for ever, and keep the daily one from being planned
        manager = self.new_user("m", "base.group_user,mcp_core.group_manager")
        previews = self.env["mcp.audit.retention.preview"].with_user(manager)
        for cutoff in ("tomorrow", "", 7, None, ["2020-01-01"]):
            with self.subTest(cutoff=cutoff), self.assertRaises(UserError):
                previews.create({"cutoffs": {"requests": cutoff}}).action_run()
