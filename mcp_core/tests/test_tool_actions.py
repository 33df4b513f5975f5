"""list_actions: the buttons that the user would see, and no others."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import McpCase, ToolFailed

_FORM = """
<form>
    <header>
        <button name="action_archive" type="object" string="Put Away"
            class="oe_highlight" confirm="Sure?" invisible="not active"/>
        <button name="action_unarchive" type="object" string="Take Out"
            invisible="active"/>
        <button name="create_company" type="object" string="Secret"
            groups="base.group_system"/>
    </header>
    <div name="button_box">
        <button name="open_commercial_entity" type="object" class="oe_stat_button">
            <field name="color" string="Parents"/>
            <span invisible="color &lt; 5">Many</span>
        </button>
    </div>
    <group invisible="not country_id or category_id">
        <button name="create_company" type="object" string="In Country"/>
    </group>
    <field name="child_ids">
        <list><button name="action_archive" type="object" string="Of a Line"/></list>
    </field>
</form>
"""


@tagged("post_install", "-at_install")
class TestToolActions(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.new_user(
            "mcp_editor",
            "base.group_user,mcp_core.group_user,base.group_partner_manager",
        )
        cls.view = cls.env["ir.ui.view"].create(
            {
                "name": "MCP test",
                "model": "res.partner",
                "type": "form",
                "priority": 0,
                "arch": _FORM,
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "MCP test", "country_id": cls.env.ref("base.be").id}
        )

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.editor)

    def listed(self, mcp=None, record=None):
        record = record or self.partner
        return (mcp or self.mcp).call("list_actions", model=record._name, id=record.id)

    def labels(self, *args):
        return [action["label"] for action in self.listed(*args)["actions"]]

    def test_the_visible_buttons_are_listed_the_proposed_one_first(self):
        result = self.listed()
        self.assertEqual(result["name"], "MCP test")
        self.assertEqual(
            result["actions"],
            [
                {
                    "label": "Put Away",
                    "tool": "method_call",
                    "method": "action_archive",
                    "primary": True,
                    "confirm": "Sure?",
                },
                {
                    "label": "In Country",
                    "tool": "method_call",
                    "method": "create_company",
                },
                {
                    "label": "Parents",
                    "tool": "method_call",
                    "method": "open_commercial_entity",
                    "shows_records": True,
                },
            ],
        )

    def test_what_the_record_hides_is_not_listed(self):
        self.partner.country_id = False
        self.assertNotIn("In Country", self.labels())
        tag = self.env["res.partner.category"].create({"name": "MCP test"})
        self.partner.write(
            {"country_id": self.env.ref("base.be").id, "category_id": tag.ids}
        )
        self.assertNotIn("In Country", self.labels())
        self.partner.active = False
        self.assertEqual(self.labels()[0], "Take Out")
        self.assertNotIn("Put Away", self.labels())

    def test_a_hidden_part_of_a_label_is_not_read(self):
        self.partner.color = 7
        self.assertEqual(self.labels()[-1], "Parents Many")

    def test_buttons_of_other_groups_are_not_listed(self):
        self.assertNotIn("Secret", self.labels())
        self.editor.group_ids += self.env.ref("base.group_system")
        self.assertIn("Secret", self.labels())

    def test_a_field_that_the_user_may_not_read_counts_as_empty(self):
        self.patch(
            self.env["res.partner"]._fields["category_id"],
            "groups",
            "base.group_no_one",
        )
        self.partner.category_id = self.env["res.partner.category"].create(
            {"name": "MCP test"}
        )
        self.assertIn("In Country", self.labels())

    def test_a_value_that_the_user_may_not_compute_counts_as_empty(self):
        self.view.arch = """
            <form>
                <button name="action_archive" type="object" string="Away"
                    invisible="company_type or not active"/>
            </form>
        """
        self.assertEqual(self.labels(), [])

        def _compute_company_type(partners):
            raise AccessError("hidden")  # pylint: disable=translation-required

        partners = type(self.env["res.partner"])
        self.patch(partners, "_compute_company_type", _compute_company_type)
        self.assertEqual(self.labels(), ["Away"])

    def test_who_may_not_change_the_record_is_shown_related_records_only(self):
        result = self.listed(self.client(self.user))
        self.assertEqual([a["label"] for a in result["actions"]], ["Parents"])

    def test_a_missing_record_and_a_hidden_one_look_alike(self):
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partner.id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )
        messages = []
        for id_ in (self.partner.id, 2147483647):
            with self.assertRaisesRegex(ToolFailed, "you may see") as failure:
                self.mcp.call("list_actions", model="res.partner", id=id_)
            messages.append(str(failure.exception).replace(str(id_), "N"))
        self.assertEqual(messages[0], messages[1])
        with self.assertRaisesRegex(ToolFailed, "no model"):
            self.mcp.call("list_actions", model="ir.config_parameter", id=1)

    def test_private_methods_are_not_listed(self):
        callable_ = self.env["mcp.tool"]._is_callable
        partners = self.env["res.partner"]
        self.assertTrue(callable_(partners, "action_archive"))
        for name in ("_check_company", "no_such_method", "with_user", "_fields"):
            self.assertFalse(callable_(partners, name), name)

    def test_the_state_is_told_with_its_label(self):
        state = self.listed(record=self.env.user.partner_id).get("state")
        self.assertIsNone(state)
        self.env["ir.ui.view"].create(
            {
                "name": "MCP test",
                "model": "res.company",
                "type": "form",
                "priority": 0,
                "arch": "<form><field name='currency_id' widget='statusbar'/></form>",
            }
        )
        company = self.env.company
        result = self.listed(record=company)
        self.assertEqual(
            result["state"],
            {
                "field": "currency_id",
                "value": company.currency_id.id,
                "label": company.currency_id.display_name,
            },
        )
        self.assertEqual(result["actions"], [])
        self.assertIn("explain_access", result["hint"])

    def test_names_are_one_line_without_what_nobody_sees(self):
        self.view.arch = "<form><field name='parent_id' widget='statusbar'/></form>"
        self.partner.parent_id = self.env["res.partner"].create(
            {"name": "Pa\u200brent"}
        )
        self.partner.name = "MCP\u202e test"
        result = self.listed()
        self.assertNotIn("\u202e", result["name"])
        self.assertEqual(result["state"]["label"], "Parent")

    def test_wizards_are_listed_where_the_user_may_open_them(self):
        self.env["ir.actions.act_window"].create(
            {
                "name": "MCP wizard",
                "res_model": "base.partner.merge.automatic.wizard",
                "target": "new",
                "binding_model_id": self.env.ref("base.model_res_partner").id,
                "binding_view_types": "list,form",
            }
        )
        self.env["ir.actions.act_window"].create(
            {
                "name": "MCP list",
                "res_model": "res.partner",
                "binding_model_id": self.env.ref("base.model_res_partner").id,
            }
        )
        wizard = {
            "label": "MCP wizard",
            "model": "base.partner.merge.automatic.wizard",
        }
        wizards = self.listed()["wizards"]
        [found] = [entry for entry in wizards if wizard.items() <= entry.items()]
        self.assertNotIn("MCP list", [entry["label"] for entry in wizards])
        created = self.mcp.call(
            "create",
            model=found["model"],
            records=[{}],
            handle=found["handle"],
        )
        self.assertTrue(created["records"][0]["id"])
        wizards = self.listed(self.client(self.user)).get("wizards", [])
        self.assertNotIn(wizard["label"], [entry["label"] for entry in wizards])
