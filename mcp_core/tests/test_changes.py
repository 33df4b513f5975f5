"""Creating, changing and deleting: rights, values, names."""

import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class ChangesCase(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.group_ids = [
            Command.link(cls.env.ref("base.group_partner_manager").id)
        ]
        cls.user.tz = "Europe/Brussels"
        cls.partner = cls.env["res.partner"].create({"name": "Change me", "ref": "A"})

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def created(self, model="res.partner", **values):
        """Create a record through MCP and return it."""
        answer = self.mcp.call("create", model=model, records=[values])
        return self.env[model].browse(answer["records"][0]["id"])

    def written(self, **values):
        return self.mcp.call(
            "write", model="res.partner", ids=self.partner.ids, values=values
        )

    def assertFails(self, words, tool, client=None, **arguments):
        with self.assertRaisesRegex(ToolFailed, words):
            (client or self.mcp).call(tool, **arguments)


class TestChanges(ChangesCase):
    def test_create_makes_the_record_that_odoo_would_make(self):
        values = {"name": "Made", "email": "made@example.com", "color": 3}
        made = self.created(**values)
        same = self.env["res.partner"].with_user(self.user).create(values)
        fields = ["name", "email", "color", "lang", "company_id", "type", "active"]
        self.assertEqual(
            made.read(fields)[0] | {"id": 0}, same.read(fields)[0] | {"id": 0}
        )
        self.assertEqual(made.create_uid, self.user)

    def test_the_answer_carries_names_and_links(self):
        answer = self.mcp.call(
            "create", model="res.partner", records=[{"name": "One"}, {"name": "Two"}]
        )
        names = [record["name"] for record in answer["records"]]
        self.assertEqual(names, ["One", "Two"])
        for record in answer["records"]:
            self.assertTrue(record["url"].endswith(f"/odoo/res.partner/{record['id']}"))

    def test_several_records_are_created_all_or_none(self):
        before = self.env["res.partner"].search_count([])
        self.assertFails(
            "nmae",
            "create",
            model="res.partner",
            records=[{"name": "Good"}, {"nmae": "Bad"}],
        )
        too_many = [{"name": "x"}] * 101
        self.assertFails("maxItems", "create", model="res.partner", records=too_many)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_write_changes_all_records_or_none(self):
        others = self.partner.copy() | self.partner.copy()
        answer = self.mcp.call(
            "write", model="res.partner", ids=others.ids, values={"ref": "B"}
        )
        self.assertEqual([r["id"] for r in answer["records"]], others.ids)
        self.assertEqual(others.mapped("ref"), ["B", "B"])
        gone = others[1].id
        others[1].unlink()
        self.assertFails(
            f"no records {gone}",
            "write",
            model="res.partner",
            ids=[others[0].id, gone],
            values={"ref": "C"},
        )
        self.assertEqual(others[0].ref, "B")

    def test_unlink_names_what_it_removed(self):
        doomed = self.env["res.partner.category"].create([{"name": "a"}, {"name": "b"}])
        self.user.group_ids = [Command.link(self.env.ref("base.group_system").id)]
        answer = self.mcp.call("unlink", model="res.partner.category", ids=doomed.ids)
        self.assertEqual([entry["name"] for entry in answer["deleted"]], ["a", "b"])
        self.assertFalse(doomed.exists())

    def test_a_record_can_be_archived(self):
        self.written(active=False)
        self.assertFalse(self.partner.active)
        self.written(active=True)
        self.assertTrue(self.partner.active)

    # rights

    def test_what_the_user_may_not_do_is_refused(self):
        poor = self.client(self.new_user("mcp_poor"))
        country = self.env.ref("base.be")
        for tool, arguments in (
            ("create", {"records": [{"name": "Atlantis", "code": "AT"}]}),
            ("write", {"ids": country.ids, "values": {"name": "Other"}}),
            ("unlink", {"ids": country.ids}),
        ):
            self.assertFails(
                "not allowed", tool, poor, model="res.country", **arguments
            )
        self.assertEqual(country.name, "Belgium")

    def test_what_a_rule_hides_is_not_there(self):
        self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.partner.id})]",
            }
        )
        for tool, arguments in (("write", {"values": {"ref": "x"}}), ("unlink", {})):
            self.assertFails(
                "that you may see",
                tool,
                model="res.partner",
                ids=self.partner.ids,
                **arguments,
            )

    def test_configuration_is_out_of_bounds_as_target_child_and_reference(self):
        root = self.client(
            self.new_user("mcp_root2", "base.group_system,mcp_core.group_user")
        )
        user = self.user.id
        for tool, model, arguments in (
            ("create", "ir.config_parameter", {"records": [{"key": "a"}]}),
            ("write", "ir.rule", {"ids": [1], "values": {"active": False}}),
            ("unlink", "ir.cron", {"ids": [1]}),
            ("create", "mcp.tool", {"records": [{"name": "x"}]}),
            (
                "write",
                "res.users",
                {"ids": [user], "values": {"api_key_ids": [{"clear": True}]}},
            ),
            (
                "write",
                "res.groups",
                {
                    "ids": self.env.ref("base.group_user").ids,
                    "values": {"rule_groups": [{"create": {"name": "x"}}]},
                },
            ),
            (
                "create",
                "res.groups",
                {"records": [{"name": "x", "user_ids": [
                    {"create": {"name": "y", "api_key_ids": [[0, 0, {}]]}}
                ]}]},
            ),
        ):  # fmt: skip
            self.assertFails("out of bounds", tool, root, model=model, **arguments)
        self.assertFails(
            "password",
            "write",
            root,
            model="res.users",
            ids=[user],
            values={"password": "x"},
        )

    def test_fields_of_other_groups_do_not_exist(self):
        field = self.env["res.partner"]._fields["ref"]
        self.patch(field, "groups", "base.group_system")
        self.assertFails(
            "no field 'ref'",
            "write",
            model="res.partner",
            ids=self.partner.ids,
            values={"ref": "x"},
        )

    # values

    def test_a_relation_takes_an_id_a_name_or_what_reading_gave(self):
        belgium = self.env.ref("base.be")
        for value in (
            belgium.id,
            "Belgium",
            "belgium",
            {"id": belgium.id, "name": "?"},
        ):
            self.partner.country_id = False
            self.written(country_id=value)
            self.assertEqual(self.partner.country_id, belgium, value)

    def test_null_and_false_empty_a_field(self):
        for nothing in (None, False):
            self.partner.write({"country_id": self.env.ref("base.be"), "city": "Ghent"})
            self.written(country_id=nothing, city=nothing, category_id=nothing)
            self.assertFalse(self.partner.country_id or self.partner.city)

    def test_a_name_that_fits_several_is_answered_with_all_of_them(self):
        first, second = self.env["res.partner"].create(
            [{"name": "Twin Ltd", "is_company": True} for _ in range(2)]
        )
        with self.assertRaisesRegex(
            ToolFailed, rf"several: {second.id} \(Twin Ltd\), {first.id} \(Twin Ltd\)"
        ):
            self.written(parent_id="Twin Ltd")
        second.name = "Twin Ltd & Sons"
        self.written(parent_id="Twin Ltd")
        self.assertEqual(self.partner.parent_id, first)

    def test_related_records_take_lists_commands_and_plain_words(self):
        tags = self.env["res.partner.category"].create(
            [{"name": f"tag {letter}"} for letter in "abc"]
        )
        a, b, c = tags.ids
        for value, expected in (
            ([a, "tag b"], {a, b}),
            ([{"link": c}], {a, b, c}),
            ([{"unlink": "tag a"}], {b, c}),
            ([[3, b, 0], [4, a]], {a, c}),
            ([[6, 0, [b]]], {b}),
            ([{"id": a, "name": "tag a"}], {a}),
            ([{"set": [b, c]}], {b, c}),
            ([{"clear": True}], set()),
            ("tag a", {a}),
            (None, set()),
        ):
            self.written(category_id=value)
            self.assertEqual(set(self.partner.category_id.ids), expected, value)
        self.written(child_ids=[{"create": {"name": "Child", "country_id": "Belgium"}}])
        child = self.partner.child_ids
        self.assertEqual(child.country_id, self.env.ref("base.be"))
        self.written(child_ids=[{"update": {"id": child.id, "ref": "U"}}])
        self.assertEqual(child.ref, "U")
        # a person is asked about deleting, on no road around that
        for deleting in ({"delete": child.id}, [2, child.id, 0]):
            with self.assertRaisesRegex(ToolFailed, "which asks first"):
                self.written(child_ids=[deleting])
        self.env.ref("mcp_core.tool_unlink").confirmation = "never"
        self.written(child_ids=[{"delete": child.id}])
        self.assertFalse(child.exists())

    def test_values_that_do_not_fit_are_refused_with_what_would(self):
        for field, value, words in (
            ("name", 5, "takes text"),
            ("active", "yes", "true or false"),
            ("color", 1.5, "whole number"),
            ("color", 2**40, "whole number"),
            ("color", True, "whole number"),
            ("partner_latitude", "1", "a number"),
            ("type", "xyz", r"contact \(Contact\)"),
            ("country_id", "Atlantis", "nothing of res.country"),
            ("country_id", 2**30, "no record"),
            ("country_id", ["a"], "id or the name"),
            ("category_id", [{"link": 1, "unlink": 2}], "ids or names"),
            ("category_id", [[9, 0, 0]], "ids or names"),
            ("image_1920", "not base64!", "base64"),
            ("display_name", "x", "computed"),
            ("create_date", "2026-01-01 10:00", "kept by Odoo"),
            ("id", 7, "kept by Odoo"),
            ("nmae", "x", "Did you mean name"),
        ):
            with self.assertRaisesRegex(ToolFailed, words, msg=field):
                self.written(**{field: value})

    def test_names_without_end_are_refused(self):
        self.assertFails(
            "more than 500",
            "create",
            model="res.partner",
            records=[
                {
                    "name": "x",
                    "child_ids": [
                        {"create": {"name": "y", "country_id": "Belgium"}}
                        for _number in range(501)
                    ],
                }
            ],
        )

    def test_a_selection_takes_its_label_too(self):
        self.written(type="Invoice")
        self.assertEqual(self.partner.type, "invoice")

    def test_files_are_base64_or_text(self):
        attachment = self.created(
            "ir.attachment",
            name="a.txt",
            raw={"text": "Grüße"},
            res_model="res.partner",
            res_id=self.partner.id,
        )
        self.assertEqual(attachment.raw.decode(), "Grüße")
        encoded = base64.b64encode(b"\x00\x01").decode()
        attachment = self.created(
            "ir.attachment",
            name="b.bin",
            datas=encoded,
            res_model="res.partner",
            res_id=self.partner.id,
        )
        self.assertEqual(attachment.raw, b"\x00\x01")

    def test_times_are_local_unless_they_say_otherwise(self):
        tools = (
            self.env["mcp.tool"].with_user(self.user).with_context(tz="Europe/Brussels")
        )
        for text, stored in (
            ("2026-01-31 14:00", "2026-01-31 13:00:00"),
            ("2026-07-31T14:00:00", "2026-07-31 12:00:00"),
            ("2026-07-31T14:00:00-05:00", "2026-07-31 19:00:00"),
            ("2026-10-25T02:30:00+02:00", "2026-10-25 00:30:00"),
        ):
            self.assertEqual(tools._stored_moment("x", text), stored)
        for text in ("2026-03-29 02:30", "2026-10-25 02:30"):
            with self.assertRaises(UserError):
                tools._stored_moment("x", text)

    def test_a_domain_may_come_as_text(self):
        count = self.mcp.call(
            "count", model="res.partner", domain=f'[["id", "=", {self.partner.id}]]'
        )
        self.assertEqual(count, {"count": 1})
        self.assertFails("domain", "count", model="res.partner", domain="[[")
