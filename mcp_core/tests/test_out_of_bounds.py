"""What a hostile client found once, as an administrator's own or an employee's."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ToolFailed
from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestOutOfBounds(ChangesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.new_user(
            "mcp_root", "base.group_system,base.group_erp_manager,mcp_core.group_user"
        )

    def setUp(self):
        super().setUp()
        self.admin = self.client(self.root)

    def assertRefused(self, words, tool, **arguments):
        with self.assertRaisesRegex(ToolFailed, words):
            self.admin.call(tool, **arguments)

    def test_who_may_do_what_is_not_changed_by_a_client(self):
        plain = self.new_user("mcp_plain")
        system = self.env.ref("base.group_system")
        for dry_run in (True, False):
            self.assertRefused(
                "out of bounds",
                "write",
                model="res.users",
                ids=plain.ids,
                values={"group_ids": [{"link": system.id}]},
                dry_run=dry_run,
            )
            self.assertRefused(
                "out of bounds",
                "write",
                model="res.groups",
                ids=self.env.ref("base.group_user").ids,
                values={"implied_ids": [{"link": system.id}]},
                dry_run=dry_run,
            )
        self.assertFalse(plain.has_group("base.group_system"))

    def test_rights_that_were_granted_and_undone_stay_in_no_cache(self):
        plain = self.new_user("mcp_plain")
        system = self.env.ref("base.group_system")

        def grant(self, fails):
            plain.sudo().group_ids = [Command.link(system.id)]
            # fills the caches that tell what a user may do
            granted = plain.with_env(self.env(user=plain)).has_group(
                "base.group_system"
            )
            if fails:
                raise UserError(self.env._("granted: %s", granted))

        owner = self.registry["res.partner"]
        owner.mcp_test_grant = grant
        self.addCleanup(delattr, owner, "mcp_test_grant")
        arguments = {
            "model": "res.partner",
            "method": "mcp_test_grant",
            "ids": self.partner.ids,
        }
        self.admin.call(
            "method_call", **arguments, arguments={"fails": False}, dry_run=True
        )
        plain.invalidate_recordset()
        self.assertFalse(plain.has_group("base.group_system"))
        self.assertRefused(
            "granted: True", "method_call", **arguments, arguments={"fails": True}
        )
        plain.invalidate_recordset()
        self.assertFalse(plain.has_group("base.group_system"))

    def test_a_method_leads_an_administrator_to_no_configuration(self):
        def change(self):
            self.env["ir.config_parameter"].create({"key": "hax", "value": "1"})

        def install(self):
            module = self.env.ref("base.module_base_import_module")
            module.button_immediate_install()

        owner = self.registry["res.partner"]
        for function, words in (
            (change, "ir.config_parameter is out of bounds"),
            (install, "installed on Odoo's own screens"),
        ):
            owner.mcp_test_road = function
            self.assertRefused(
                words,
                "method_call",
                model="res.partner",
                method="mcp_test_road",
                ids=self.partner.ids,
            )
        delattr(owner, "mcp_test_road")

    def test_files_that_odoo_serves_as_its_own_are_left_alone(self):
        asset = self.env["ir.attachment"].create(
            {
                "name": "asset.js",
                "raw": b"1",
                "url": "/web/assets/x/asset.js",
                "public": True,
            }
        )
        view = self.env["ir.attachment"].create(
            {"name": "x", "raw": b"1", "res_model": "ir.ui.view", "res_id": 1}
        )
        for attachment in (asset, view):
            self.assertRefused(
                "no records",
                "write",
                model="ir.attachment",
                ids=attachment.ids,
                values={"raw": {"text": "alert(1)"}},
            )
        for values in (
            {"url": "/x.js"},
            {"res_model": "ir.ui.view", "res_id": 1},
            {"res_field": "image_1920", "res_model": "res.partner", "res_id": 1},
        ):
            self.assertRefused(
                "belongs to a record",
                "create",
                model="ir.attachment",
                records=[{"name": "x", "raw": {"text": "x"}, **values}],
            )

    def test_text_for_templates_holds_no_placeholders(self):
        if "mail.template" not in self.env:
            self.skipTest("mail is not installed")
        for text in (
            "<t t-out=\"object.env['ir.config_parameter'].sudo().search([])\"/>",
            "{{ object.env }}",
            '<p\nt-esc="1">x</p>',
            "<T T-OUT='1'/>",
            "#{ 1 }",
        ):
            for model, field in (
                ("mail.compose.message", "body"),
                ("mail.template", "body_html"),
                ("mail.template", "subject"),
            ):
                self.assertRefused(
                    "Placeholders", "create", model=model, records=[{field: text}]
                )

    def test_records_inside_of_records_count_too(self):
        children = [{"create": {"name": "y"}} for _number in range(200)]
        with self.assertRaisesRegex(ToolFailed, "more than 500 records"):
            self.mcp.call(
                "create",
                model="res.partner",
                records=[{"name": "x", "child_ids": children}] * 3,
                dry_run=True,
            )

    def test_names_outside_of_data_are_one_short_line(self):
        name = "in\u200bvisible \u202e" + "and\nvery long " * 40
        self.partner.name = name
        for answer in (
            self.mcp.call("name_search", model="res.partner", name="very long"),
            self.written(ref="x"),
        ):
            shown = answer["records"][0]["name"]
            self.assertTrue(shown.startswith("invisible and very long"))
            self.assertNotIn("\n", shown)
            self.assertLess(len(shown), 130)

    def test_values_of_a_wrong_kind_are_refused_in_words(self):
        for values in ({"lang": []}, {"type": {}}, {"type": [[]]}):
            with self.assertRaisesRegex(ToolFailed, "does not fit"):
                self.written(**values)

        def method(self, number):
            return number + 1

        owner = self.registry["res.partner"]
        owner.mcp_test_number = method
        self.addCleanup(delattr, owner, "mcp_test_number")
        with self.assertRaisesRegex(ToolFailed, "can't work with these.*TypeError"):
            self.mcp.call(
                "method_call",
                model="res.partner",
                method="mcp_test_number",
                ids=self.partner.ids,
                arguments={"number": "x"},
            )
