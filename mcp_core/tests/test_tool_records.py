"""The tools that read: right answers, and never more than the user may see."""

from odoo import Command
from odoo.tests import tagged

from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class TestToolRecords(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "MCP test"})
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"MCP partner {number}",
                    "email": f"p{number}@example.com",
                    "country_id": cls.env.ref("base.be").id,
                    "category_id": [Command.link(cls.tag.id)],
                }
                for number in range(5)
            ]
        )
        cls.mine = [["category_id", "in", cls.tag.ids]]

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def assertFails(self, words, tool, **arguments):
        with self.assertRaisesRegex(ToolFailed, words):
            self.mcp.call(tool, **arguments)

    # search

    def test_search_pages_through_all_records(self):
        found, offset, pages = [], 0, 0
        while offset is not None:
            page = self.mcp.call(
                "search",
                model="res.partner",
                domain=self.mine,
                limit=2,
                offset=offset,
                order="name desc",
            )
            found += [record["id"] for record in page["records"]]
            self.assertEqual(page["has_more"], "next_offset" in page)
            offset, pages = page.get("next_offset"), pages + 1
        self.assertEqual(found, self.partners.ids[::-1])
        self.assertEqual(pages, 3)

    def test_pages_of_equal_records_do_not_overlap(self):
        # written later, a row comes later where PostgreSQL is not told the order
        self.partners.write({"color": 3})
        for partner in self.partners[::-1]:
            partner.city = "Ghent"
            self.env.flush_all()
        for order in ("color", "city desc, color asc"):
            found = [
                self.mcp.call(
                    "search",
                    model="res.partner",
                    domain=self.mine,
                    fields=["color"],
                    limit=1,
                    offset=offset,
                    order=order,
                )["records"][0]["id"]
                for offset in range(len(self.partners))
            ]
            self.assertEqual(found, sorted(self.partners.ids), order)

    def test_search_gives_a_dozen_fields_unless_some_are_asked_for(self):
        page = self.mcp.call("search", model="res.partner", domain=self.mine, limit=1)
        fields = set(page["records"][0])
        self.assertLessEqual({"id", "display_name", "email"}, fields)
        self.assertLess(len(fields), 16)

    def test_values_are_plain_json(self):
        self.user.tz = "Asia/Kolkata"
        self.partners[0].write({"active": True, "phone": False, "partner_latitude": 0})
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2026-01-01 20:00' WHERE id = %s",
            [self.partners[0].id],
        )
        self.env.invalidate_all()
        record = self.mcp.call(
            "read",
            model="res.partner",
            ids=self.partners[:1].ids,
            fields=[
                "name",
                "phone",
                "country_id",
                "category_id",
                "active",
                "create_date",
                "partner_latitude",
                "avatar_128",
                "id",
            ],
        )["records"][0]
        self.assertEqual(record["id"], self.partners[0].id)
        self.assertEqual(record["name"], "MCP partner 0")
        self.assertIsNone(record["phone"])
        self.assertEqual(
            record["country_id"], {"id": self.env.ref("base.be").id, "name": "Belgium"}
        )
        self.assertEqual(record["category_id"], self.tag.ids)
        self.assertIs(record["active"], True)
        self.assertEqual(record["create_date"], "2026-01-02T01:30:00+05:30")
        self.assertEqual(record["partner_latitude"], 0)
        self.assertEqual(set(record["avatar_128"]), {"size"})
        self.assertLess(len(record["avatar_128"]["size"]), 30)

    def test_search_answers_as_odoo_does(self):
        domains = [
            [["country_id.code", "=", "BE"]],
            ["|", ["name", "=like", "MCP%1"], ["email", "ilike", "p2@"]],
            ["!", ["id", "in", self.partners[:2].ids]],
            [["category_id", "any", [["name", "=", "MCP test"]]]],
            [["create_date.year_number", ">=", 2020]],
            [[0, "=", 1]],
        ]
        partners = self.env["res.partner"].with_user(self.user)
        for domain in domains:
            expected = partners.search([*self.mine, *domain], order="id")
            found = self.mcp.call(
                "search", model="res.partner", domain=[*self.mine, *domain], order="id"
            )
            self.assertEqual([r["id"] for r in found["records"]], expected.ids, domain)
            count = self.mcp.call(
                "count", model="res.partner", domain=[*self.mine, *domain]
            )
            self.assertEqual(count["count"], len(expected), domain)

    def test_unknown_names_are_answered_with_those_that_are_near(self):
        self.assertFails("Did you mean .*res.partner", "count", model="res.parner")
        self.assertFails(
            "no field 'emial'.*email", "search", model="res.partner", fields=["emial"]
        )
        self.assertFails(
            "res.country has no field 'cod'.*code",
            "count",
            model="res.partner",
            domain=[["country_id.cod", "=", "BE"]],
        )
        self.assertFails("'nmae'", "search", model="res.partner", order="nmae desc")
        self.assertFails(
            "mean parent_id", "search", model="res.partner", fields=["related_company"]
        )

    def test_a_path_that_leads_nowhere_is_explained(self):
        domain = [["name.code", "=", 1]]
        self.assertFails("no relation", "count", model="res.partner", domain=domain)

    def test_values_that_do_not_fit_are_explained(self):
        for domain, words in (
            ([["id", "=", "x"]], "compared with numbers"),
            (
                [["child_ids", "any", [["color", "in", [1, "x"]]]]],
                "compared with numbers",
            ),
            ([["create_date", ">", "soon"]], "can't be used"),
            ([["create_date", "=", "today -99999999999d"]], "can't be used"),
            ([["type", "=", "custmer"]], "contact, invoice"),
            ([["name", "=like", "a\\"]], "end with a backslash"),
        ):
            self.assertFails(words, "count", model="res.partner", domain=domain)

    def test_a_hierarchy_is_followed_where_there_is_one(self):
        for model, field, value in (
            ("res.country", "id", "Bel"),
            ("res.partner", "country_id", "Bel"),
            ("res.partner", "country_id", 1),
        ):
            for operator in ("child_of", "parent_of"):
                domain = [[field, operator, value]]
                self.assertFails("no hierarchy", "count", model=model, domain=domain)
        for field, value in (
            ("id", self.partners[0].id),
            ("parent_id", "MCP partner"),
            ("category_id", self.tag.id),
        ):
            for operator in ("child_of", "parent_of"):
                domain = [[field, operator, value]]
                counted = self.mcp.call("count", model="res.partner", domain=domain)
                partners = self.env["res.partner"].with_user(self.user)
                self.assertEqual(counted["count"], partners.search_count(domain))

    def test_an_order_is_fields_and_directions(self):
        self.mcp.call("search", model="res.partner", order="NAME Desc, id")
        for order in (
            *("name; drop table", "name sideways", ",", "name,,id", "1"),
            "parent_id.name",
        ):
            with self.assertRaises(ToolFailed):
                self.mcp.call("search", model="res.partner", order=order)

    # read

    def test_read_keeps_the_order_and_names_what_is_missing(self):
        self.partners[3].active = False
        ids = [*self.partners[3:].ids, 2147483647, self.partners[0].id]
        result = self.mcp.call("read", model="res.partner", ids=ids, fields=["name"])
        self.assertEqual([r["id"] for r in result["records"]], [*ids[:2], ids[3]])
        self.assertEqual(result["not_found"], [2147483647])

    # rights

    def test_record_rules_hide_without_a_trace(self):
        hidden = self.partners[0]
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {hidden.id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )
        count = self.mcp.call("count", model="res.partner", domain=self.mine)["count"]
        self.assertEqual(count, 4)
        result = self.mcp.call("read", model="res.partner", ids=[hidden.id, 2147483647])
        self.assertEqual(result["not_found"], [hidden.id, 2147483647])
        found = self.mcp.call("search", model="res.partner", domain=self.mine)
        self.assertNotIn(hidden.id, [record["id"] for record in found["records"]])

    def test_a_model_without_access_is_as_good_as_none(self):
        for model in (
            "ir.config_parameter",
            "no.such.model",
            "mail.thread",
            "_unknown",
        ):
            self.assertFails("no model .* you may read", "count", model=model)

    def test_a_field_without_access_is_as_good_as_none(self):
        field = self.env["res.partner"]._fields["email"]
        self.patch(field, "groups", "base.group_system")
        for arguments in (
            {"fields": ["email"]},
            {"domain": [["email", "!=", False]]},
            {"domain": [["child_ids", "any", [["email", "!=", False]]]]},
            {"domain": [["parent_id.email", "!=", False]]},
            {"order": "email"},
        ):
            self.assertFails(
                "no field 'email' that you may read",
                "search",
                model="res.partner",
                **arguments,
            )

    def test_records_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.partners[0].company_id = other
        count = self.mcp.call("count", model="res.partner", domain=self.mine)["count"]
        self.assertEqual(count, 4)

    # list_models

    def test_list_models_finds_by_label_and_by_name(self):
        for words in ("contact", "res.partner", "CONTACT"):
            found = self.mcp.call("list_models", words=words)
            self.assertIn("res.partner", [m["model"] for m in found["models"]], words)
        nothing = self.mcp.call("list_models", words="xyzzy")
        self.assertEqual((nothing["models"], nothing["total"]), ([], 0))
        self.assertIn("other word", nothing["hint"])

    def test_list_models_knows_what_people_call_their_screens(self):
        self.env["ir.actions.act_window"].create(
            {"name": "Zebrafish Opportunities", "res_model": "res.country"}
        )
        for words in ("zebrafish", "opportunity zebrafishes", "countries xyzzy"):
            found = self.mcp.call("list_models", words=words)["models"]
            self.assertEqual(found[0]["model"], "res.country", words)

    def test_list_models_without_arguments_is_short_and_readable(self):
        result = self.mcp.call("list_models")
        self.assertEqual(len(result["models"]), min(30, result["total"]))
        self.assertGreater(result["total"], 20)
        for entry in result["models"]:
            self.assertIn("read", entry["operations"])

    def test_list_models_tells_what_the_caller_may_do(self):
        entry = self.mcp.call("list_models", words="res.country")["models"][0]
        self.assertEqual(entry["model"], "res.country")
        self.assertEqual(entry["operations"], ["read"])
        models = {m["model"] for m in self.mcp.call("list_models", limit=500)["models"]}
        self.assertNotIn("ir.config_parameter", models)
        self.assertNotIn("res.users.apikeys.description", models)
