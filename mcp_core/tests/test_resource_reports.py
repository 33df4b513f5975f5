"""odoo://report: documents of records that the caller may read."""

from odoo import Command
from odoo.tests import tagged

from .common import RequestFailed
from .test_resource_system import ResourceCase

_REPORT = "odoo://report/{report}/{ids}"
_TEMPLATE = """
<t t-name="mcp_core.test_report">
    <t t-foreach="docs" t-as="doc"><p>Dear <t t-out="doc.name"/></p></t>
</t>
"""


@tagged("post_install", "-at_install")
class TestResourceReports(ResourceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        view = cls.env["ir.ui.view"].create(
            {"name": "MCP test", "type": "qweb", "arch": _TEMPLATE}
        )
        view.key = "mcp_core.test_report"
        cls.report = cls.env["ir.actions.report"].create(
            {
                "name": "MCP letter",
                "model": "res.partner",
                "report_type": "qweb-pdf",
                "report_name": "mcp_core.test_report",
                "attachment": "'letter'",
                "binding_model_id": cls.env.ref("base.model_res_partner").id,
            }
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": "MCP One"}, {"name": "MCP Two"}]
        )
        cls.ids = ",".join(map(str, cls.partners.ids))
        cls.uri = f"odoo://report/mcp_core.test_report/{cls.ids}"

    def with_engine(self, state):
        """Let Odoo find its PDF engine in *state*."""
        reports = type(self.env["ir.actions.report"])
        self.patch(reports, "get_wkhtmltopdf_state", lambda report: state)

    def test_a_report_is_printed_and_not_kept(self):
        # while Odoo's tests run, its reports stay html
        self.with_engine("ok")
        found = self.contents(self.uri)
        self.assertIn("Dear MCP One", found["text"])
        self.assertIn("Dear MCP Two", found["text"])
        kept = self.env["ir.attachment"].search_count([("name", "=", "letter")])
        self.assertEqual(kept, 0)

    def test_a_missing_engine_is_said(self):
        self.with_engine("install")
        with self.assertRaisesRegex(RequestFailed, "wkhtmltopdf.*missing") as failure:
            self.contents(self.uri)
        self.assertEqual(failure.exception.code, -32602)

    def test_what_the_caller_may_not_print_is_not_found(self):
        self.with_engine("ok")
        first = self.partners[0].id
        for path in (
            f"no.such.report/{first}",
            "mcp_core.test_report/2147483647",
            f"mcp_core.test_report/{first},2147483647",
            "mcp_core.test_report/x",
            f"mcp_core.test_report/{first},",
        ):
            self.assertNotFound(f"odoo://report/{path}")
        self.report.group_ids = self.env.ref("base.group_system")
        self.assertNotFound(self.uri)
        self.contents(self.uri, self.client(self.admin))
        self.report.write({"group_ids": False, "model": "ir.config_parameter"})
        self.assertNotFound("odoo://report/mcp_core.test_report/1")

    def test_a_record_rule_hides_a_document(self):
        self.with_engine("ok")
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partners[0].id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )
        self.assertNotFound(self.uri)
        self.contents(f"odoo://report/mcp_core.test_report/{self.partners[1].id}")

    def test_a_report_of_other_records_is_not_found(self):
        self.with_engine("ok")
        self.report.domain = "[('name', '=', 'MCP One')]"
        self.assertNotFound(self.uri)
        self.contents(f"odoo://report/mcp_core.test_report/{self.partners[0].id}")

    def test_a_long_document_is_refused(self):
        ids = ",".join(map(str, range(1, 30)))
        with self.assertRaisesRegex(RequestFailed, "at most"):
            self.contents(f"odoo://report/mcp_core.test_report/{ids}")

    def test_reports_and_ids_are_completed(self):
        name = "mcp_core.test_report"
        self.assertIn(name, self.completed(_REPORT, "report", "MCP letter"))
        ids = self.completed(_REPORT, "ids", "MCP One", report=name)
        self.assertIn(str(self.partners[0].id), ids)
        ids = self.completed(_REPORT, "ids", "7,MCP Two", report=name)
        self.assertIn(f"7,{self.partners[1].id}", ids)
        self.report.group_ids = self.env.ref("base.group_system")
        self.assertNotIn(name, self.completed(_REPORT, "report", "MCP letter"))
        for report in (name, "no.such", None):
            self.assertEqual(self.completed(_REPORT, "ids", "", report=report), [])

    def test_list_actions_names_the_reports_of_a_record(self):
        self.with_engine("ok")
        partner = self.partners[0]
        listed = self.mcp.call("list_actions", model="res.partner", id=partner.id)
        self.assertIn(
            {
                "label": "MCP letter",
                "uri": f"odoo://report/mcp_core.test_report/{partner.id}",
            },
            listed["reports"],
        )
        self.with_engine("install")
        listed = self.mcp.call("list_actions", model="res.partner", id=partner.id)
        self.assertNotIn("reports", listed)
