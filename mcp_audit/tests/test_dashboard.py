"""Each figure of the dashboard is the number of events that it leads to."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..event import SUCCESS
from .common import RollupCase


@tagged("post_install", "-at_install")
class TestDashboard(RollupCase):
    def setUp(self):
        super().setUp()
        auditor = self.new_user("auditor", "base.group_user,mcp_audit.group_auditor")
        self.dashboard = self.env["mcp.audit.dashboard"].with_user(auditor)
        self.logs = self.env["mcp.audit.event"].with_user(auditor)

    def figures(self, period="7d"):
        self.rollups._fold()
        return self.dashboard.figures(period)

    def requests(self):
        """Append requests of the last minutes, days and months."""
        now = fields.Datetime.now()
        for _n in range(300):
            days = self.random.choice([0, 0, 0.5, 2, 5, 20, 80, 120])
            self.any_request(now - timedelta(days=days * self.random.random()))

    def test_each_figure_is_the_number_of_events_behind_it(self):
        self.requests()
        for period in ("24h", "7d", "30d", "90d"):
            figures = self.figures(period)
            mine = [*figures["domain"], ("id", ">", self.since)]
            leads = {
                "calls": (figures["totals"]["calls"], []),
                "errors": (figures["totals"]["errors"], figures["failed"]),
                "denials": (figures["totals"]["denials"], figures["refused"]),
            }
            for name, lines in figures["lists"].items():
                for line in lines:
                    key = (name, line["label"], line.get("outcome"))
                    leads[key] = (line["calls"], line["domain"])
            for key, (told, domain) in leads.items():
                with self.subTest(period=period, figure=key, seed=self.seed):
                    self.assertEqual(told, self.logs.search_count([*mine, *domain]))
            for name in ("calls", "errors", "denials"):
                self.assertEqual(
                    sum(point[name] for point in figures["series"]),
                    figures["totals"][name],
                )

    def test_lines_are_called_as_in_the_logs(self):
        self.request()
        self.request(tool=None, model="x.gone", method="tools/list")
        lists = self.figures()["lists"]
        self.assertEqual(
            [{line["label"] for line in lists[name]} for name in ("models", "tools")],
            [{"Contact", "x.gone"}, {"search", "Tools Listed"}],
        )

    def test_users_are_counted_once(self):
        for user, login in ((7, "wren"), (7, "wren"), (8, "finch"), (None, "guessed")):
            self.request(user_id=user, login=login)
        self.assertEqual(self.figures()["totals"]["users"], 2)

    def test_quantiles_are_those_of_all_requests(self):
        for duration in [12.0] * 95 + [2000.0] * 5:
            self.request(duration=duration)
        totals = self.figures("24h")["totals"]
        self.assertTrue(10 <= totals["p50"] < 13)
        self.assertTrue(10 <= totals["p95"] < 13)
        self.request(duration=2000.0)
        self.assertTrue(1800 <= self.figures("24h")["totals"]["p95"] < 2400)

    def test_slow_requests_are_events_the_slowest_first(self):
        for duration in (999, 5000, 1000):
            self.request(duration=duration)
        slow = self.figures()["slow"]
        self.assertEqual([event["duration"] for event in slow], [5000, 1000])
        self.assertEqual(self.logs.browse(slow[0]["id"]).duration, 5000)

    def test_what_went_wrong_leaves_out_what_did_not(self):
        for outcome in (SUCCESS, "error", "error", "refused"):
            self.request(outcome=outcome)
        failures = self.figures()["lists"]["failures"]
        self.assertEqual(
            [(line["outcome"], line["calls"]) for line in failures],
            [("error", 2), ("refused", 1)],
        )

    def test_without_a_request_there_are_no_figures(self):
        figures = self.figures("90d")
        self.assertEqual(figures["totals"]["calls"], 0)
        self.assertIsNone(figures["totals"]["p50"])
        self.assertFalse(figures["freshness"]["late"])

    def test_old_figures_are_told_to_be_old(self):
        self.env.cr.execute(
            "UPDATE mcp_audit_rollup_state SET complete = complete - interval '1 hour'"
        )
        self.assertTrue(self.dashboard.figures()["freshness"]["late"])

    def test_an_unknown_period_is_a_week(self):
        self.assertEqual(self.figures("x' OR 1=1")["period"], "7d")

    def test_only_auditors_see_it(self):
        manager = self.new_user("manager", "base.group_user,mcp_core.group_manager")
        for user in (manager, self.user):
            with self.assertRaises(AccessError):
                self.dashboard.with_user(user).figures()

    def test_a_few_queries_are_enough(self):
        self.requests()
        self.figures()
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            self.dashboard.figures("30d")
