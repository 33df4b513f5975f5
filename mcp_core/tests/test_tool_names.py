"""Records by their names, and what Odoo fills in by itself."""

from odoo import Command
from odoo.tests import tagged

from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class TestToolNames(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"Zebrafish {number}", "email": f"z{number}@example.com"}
                for number in range(4)
            ]
        )

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    # name_search

    def named(self, name, model="res.partner", **arguments):
        return self.mcp.call("name_search", model=model, name=name, **arguments)

    def test_records_are_found_by_their_names(self):
        found = self.named("zebrafish")
        self.assertEqual(
            {(record["id"], record["name"]) for record in found["records"]},
            {(partner.id, partner.display_name) for partner in self.partners},
        )
        self.assertFalse(found["has_more"])
        self.assertNotIn("hint", found)

    def test_a_domain_narrows_and_a_limit_cuts(self):
        found = self.named("zebrafish", domain=[["email", "=", "z2@example.com"]])
        ids = [record["id"] for record in found["records"]]
        self.assertEqual(ids, self.partners[2].ids)
        found = self.named("zebrafish", limit=3)
        self.assertEqual((len(found["records"]), found["has_more"]), (3, True))

    def test_names_are_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        belgium = self.env.ref("base.be")
        belgium.with_context(lang="fr_FR").name = "Royaume zèbre"
        self.user.lang = "fr_FR"
        found = self.named("zèbre", model="res.country")["records"]
        self.assertEqual(found, [{"id": belgium.id, "name": "Royaume zèbre"}])

    def test_nothing_found_says_what_to_try(self):
        self.partners.active = False
        found = self.named("zebrafish")
        self.assertEqual((found["records"], found["has_more"]), ([], False))
        self.assertIn('"active", =, false', found["hint"])

    def test_records_without_names_are_searched_otherwise(self):
        self.patch(type(self.env["res.country.group"]), "_rec_name", None)
        self.patch(type(self.env["res.country.group"]), "_rec_names_search", None)
        with self.assertRaisesRegex(ToolFailed, "have no names. Use search"):
            self.named("x", model="res.country.group")

    def test_wrong_names_of_models_and_fields_are_explained(self):
        with self.assertRaisesRegex(ToolFailed, "Did you mean .*res.partner"):
            self.named("x", model="res.parner")
        with self.assertRaisesRegex(ToolFailed, "no field 'emial'.*email"):
            self.named("x", domain=[["emial", "=", "x"]])
        with self.assertRaisesRegex(ToolFailed, "no model .* you may read"):
            self.named("x", model="ir.config_parameter")

    def test_record_rules_hide_names_too(self):
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partners[0].id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )
        self.partners[1].company_id = self.env["res.company"].create({"name": "Else"})
        ids = {record["id"] for record in self.named("zebrafish")["records"]}
        self.assertEqual(ids, set(self.partners[2:].ids))


@tagged("post_install", "-at_install")
class TestToolDefaults(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.creator = cls.new_user(
            "mcp_creator",
            "base.group_user,mcp_core.group_user,base.group_partner_manager",
        )

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.creator)

    def defaults(self, *fields, model="res.partner"):
        result = self.mcp.call("default_get", model=model, fields=list(fields))
        return result["defaults"]

    def set_default(self, field, value, model="res.partner"):
        self.env["ir.default"].set(model, field, value)

    def test_defaults_look_as_read_shows_values(self):
        belgium = self.env.ref("base.be")
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.set_default("country_id", belgium.id)
        self.set_default("category_id", tags.ids)
        self.set_default("city", "Liège")
        defaults = self.defaults("country_id", "category_id", "city", "type", "phone")
        self.assertEqual(
            defaults,
            {
                "country_id": {"id": belgium.id, "name": "Belgium"},
                "category_id": tags.ids,
                "city": "Liège",
                "type": "contact",
            },
        )

    def test_without_fields_all_that_is_set_is_told(self):
        defaults = self.defaults()
        self.assertEqual(defaults["type"], "contact")
        self.assertNotIn(None, defaults.values())
        self.assertNotIn("message_follower_ids", defaults)

    def test_moments_carry_the_offset_of_the_user(self):
        self.creator.tz = "Asia/Kolkata"
        field = self.env["res.partner"]._fields["create_date"]
        self.patch(field, "default", lambda _model: "2026-01-01 20:00:00")
        defaults = self.defaults("create_date")
        self.assertEqual(defaults["create_date"], "2026-01-02T01:30:00+05:30")

    def test_new_lines_are_plain_values(self):
        belgium = self.env.ref("base.be")
        line = {"name": "Line", "country_id": belgium.id}
        fields = self.env["res.partner"]._fields
        self.patch(fields["child_ids"], "default", lambda _model: [(0, 0, line)])
        lines = self.defaults("child_ids")["child_ids"]
        self.assertEqual(len(lines), 1)
        self.assertEqual(lines[0]["create"]["name"], "Line")
        self.assertEqual(lines[0]["create"]["country_id"]["name"], "Belgium")

    def test_a_default_the_caller_cannot_see_stays_nameless(self):
        hidden = self.env["res.partner.industry"].create({"name": "Hidden"})
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env["ir.model"]._get("res.partner.industry").id,
                "domain_force": f"[('id', '!=', {hidden.id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )
        self.set_default("industry_id", hidden.id)
        self.assertEqual(self.defaults("industry_id")["industry_id"], {"id": hidden.id})

    def test_the_default_of_the_own_company_is_told(self):
        own = self.creator.company_id
        self.env["ir.default"].set("res.partner", "city", "Here", company_id=own.id)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["ir.default"].set(
            "res.partner", "street", "There", company_id=elsewhere.id
        )
        self.assertEqual(self.defaults("city", "street"), {"city": "Here"})

    def test_who_may_not_create_needs_no_defaults(self):
        with self.assertRaisesRegex(
            ToolFailed, "may not create records of res.country"
        ):
            self.defaults(model="res.country")
        with self.assertRaisesRegex(ToolFailed, "no model .* you may read"):
            self.defaults(model="ir.config_parameter")

    def test_a_field_without_access_has_no_default(self):
        self.set_default("city", "Liège")
        self.assertIn("city", self.defaults())
        field = self.env["res.partner"]._fields["city"]
        self.patch(field, "groups", "base.group_system")
        self.assertNotIn("city", self.defaults())
        with self.assertRaisesRegex(ToolFailed, "no field 'city'"):
            self.defaults("city")

    def test_unknown_fields_are_answered_with_near_ones(self):
        with self.assertRaisesRegex(ToolFailed, "no field 'emial'.*email"):
            self.defaults("emial")
