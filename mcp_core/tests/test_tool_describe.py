"""What is worth showing of a model, and how a model is described."""

from odoo.tests import TransactionCase, new_test_user, tagged

from ..fields_ranking import DEFAULT_MAX, default_fields, useful_fields
from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class TestFieldsRanking(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "mcp_ranking", "base.group_user")
        cls.partners = cls.env["res.partner"].with_user(cls.user)

    def test_the_default_fields_tell_one_record_from_another(self):
        names = default_fields(self.partners)
        self.assertEqual(names[0], "display_name")
        self.assertLessEqual({"email", "phone", "country_id"}, set(names))
        self.assertLessEqual(len(names), DEFAULT_MAX)

    def test_the_default_fields_are_short_values(self):
        for name in self.env["mcp.tool"]._target_names():
            model = self.env[name]
            for field in default_fields(model):
                kind = model._fields[field].type
                self.assertNotIn(kind, ("binary", "html", "one2many", "text"), name)

    def test_a_field_without_access_is_never_proposed(self):
        self.assertIn("email", default_fields(self.partners))
        self.patch(self.partners._fields["email"], "groups", "base.group_system")
        self.assertNotIn("email", default_fields(self.partners))
        self.assertNotIn("email", useful_fields(self.partners))

    def test_the_company_is_told_to_those_who_have_several(self):
        self.assertNotIn("company_id", default_fields(self.partners))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.user.company_ids += other
        self.assertIn("company_id", default_fields(self.partners))

    def test_a_model_without_screens_has_default_fields_too(self):
        model = self.env["res.partner.category"]
        self.assertIn("display_name", default_fields(model))
        self.assertIn("display_name", default_fields(self.env["ir.model.data"]))


@tagged("post_install", "-at_install")
class TestToolDescribe(McpCase):
    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def describe(self, model="res.partner", **arguments):
        return self.mcp.call("describe_model", model=model, **arguments)

    def test_a_model_is_described_by_its_useful_fields(self):
        described = self.describe()
        self.assertEqual(described["label"], "Contact")
        self.assertEqual(described["name_field"], "name")
        self.assertEqual(described["active_field"], "active")
        self.assertEqual(described["parent_field"], "parent_id")
        self.assertEqual(described["company_field"], "company_id")
        self.assertEqual(described["default_fields"][0], "display_name")
        fields = described["fields"]
        self.assertLessEqual(len(fields), 60)
        self.assertLessEqual(set(described["default_fields"][1:]), set(fields))
        self.assertEqual(fields["country_id"]["relation"], "res.country")
        self.assertEqual(fields["type"]["selection"]["invoice"], "Invoice")
        self.assertNotIn("write_uid", fields)

    def test_the_caller_learns_what_may_be_done(self):
        self.assertEqual(self.describe("res.country")["operations"], ["read"])

    def test_what_is_not_described_is_named(self):
        described = self.describe(limit=3)
        self.assertEqual(len(described["fields"]), 3)
        named = {*described["fields"], *described["other_fields"]}
        self.assertIn("country_id", named)
        more = described.get("more_fields", 0)
        readable = self.env["res.partner"].with_user(self.user).fields_get([], [])
        self.assertEqual(len(named) + more, len(readable))

    def test_fields_asked_for_are_described_in_full(self):
        fields = self.describe(fields=["child_ids", "lang", "email"])["fields"]
        self.assertEqual(list(fields), ["child_ids", "lang", "email"])
        self.assertEqual(fields["child_ids"]["inverse_field"], "parent_id")
        self.assertIn("en_US", fields["lang"]["selection"])
        self.assertEqual(fields["email"]["label"], "Email")

    def test_long_selections_say_how_many_values_are_missing(self):
        entry = self.describe("res.users", words="timezone")["fields"]["tz"]
        self.assertEqual(len(entry["selection"]), 5)
        self.assertGreater(entry["more_values"], 300)

    def test_words_look_into_names_and_labels(self):
        self.assertIn("phone", self.describe(words="PHONE")["fields"])
        self.assertIn("parent_id", self.describe(words="related company")["fields"])
        nothing = self.describe(words="xyzzy")
        self.assertEqual(nothing["fields"], {})
        self.assertIn("shorter word", nothing["hint"])

    def test_what_a_field_cannot_do_is_told(self):
        fields = self.describe("res.users", fields=["tz_offset", "login"])["fields"]
        self.assertEqual(fields["tz_offset"]["cannot"], ["search", "sort", "group"])
        self.assertIs(fields["tz_offset"]["readonly"], True)
        self.assertNotIn("cannot", fields["login"])

    def test_labels_are_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        field.update_field_translations("field_description", {"fr_FR": "Courrielle"})
        model = self.env["ir.model"]._get("res.partner")
        model.update_field_translations("name", {"fr_FR": "Contacte"})
        self.env.registry.clear_all_caches()
        self.user.lang = "fr_FR"
        described = self.describe(words="courrielle")
        self.assertEqual(described["fields"]["email"]["label"], "Courrielle")
        self.assertEqual(described["label"], "Contacte")

    def test_unknown_names_are_answered_with_near_ones(self):
        with self.assertRaisesRegex(ToolFailed, "Did you mean .*res.partner"):
            self.describe("res.parner")
        with self.assertRaisesRegex(ToolFailed, "no field 'emial'.*email"):
            self.describe(fields=["emial"])

    def test_a_model_without_access_is_as_good_as_none(self):
        for model in ("ir.config_parameter", "no.such.model"):
            with self.assertRaisesRegex(ToolFailed, "no model .* you may read"):
                self.describe(model)

    def test_a_field_without_access_is_not_there(self):
        field = self.env["res.partner"]._fields["email"]
        self.patch(field, "groups", "base.group_system")
        for arguments in ({}, {"words": "email"}, {"limit": 500}, {"limit": 1}):
            described = self.describe(**arguments)
            names = {
                *described["fields"],
                *described.get("other_fields", ()),
                *described["default_fields"],
            }
            self.assertNotIn("email", names)
        with self.assertRaisesRegex(ToolFailed, "no field 'email'"):
            self.describe(fields=["email"])

    def test_a_field_that_names_a_hidden_one_does_not_tell(self):
        inverse = self.env["res.partner"]._fields["parent_id"]
        self.patch(inverse, "groups", "base.group_system")
        described = self.describe(fields=["child_ids"])
        self.assertNotIn("inverse_field", described["fields"]["child_ids"])
        self.assertNotIn("parent_field", described)

    def test_an_order_by_a_hidden_field_does_not_tell(self):
        self.assertIn("complete_name", self.describe()["order"])
        field = self.env["res.partner"]._fields["complete_name"]
        self.patch(field, "groups", "base.group_system")
        self.assertNotIn("order", self.describe())
