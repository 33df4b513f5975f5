"""What is for a group is not for everybody when the group goes."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .common import McpCase


@tagged("post_install", "-at_install")
class TestGroups(McpCase):
    def setUp(self):
        super().setUp()
        self.group = self.env["res.groups"].create({"name": "Few"})
        self.other = self.env["res.groups"].create({"name": "Others"})
        self.tool = self.env["mcp.tool"].search([("name", "=", "search")])

    def test_the_last_group_of_a_tool_stays(self):
        self.tool.group_ids = self.group
        with self.assertRaisesRegex(UserError, "for everybody"):
            self.group.unlink()
        with self.assertRaisesRegex(UserError, "for everybody"):
            self.tool.active = False
            self.group.unlink()

    def test_one_of_several_groups_goes_and_not_all(self):
        self.tool.group_ids = self.group + self.other
        with self.assertRaisesRegex(UserError, "for everybody"):
            (self.group + self.other).unlink()
        self.group.unlink()
        self.assertEqual(self.tool.group_ids, self.other)

    def test_uninstalling_what_brought_the_group_closes_the_tool(self):
        self.tool.group_ids = self.group
        self.group.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self.env.invalidate_all()
        self.assertFalse(self.tool.active)
