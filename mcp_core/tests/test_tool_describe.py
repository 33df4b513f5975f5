"""What is worth showing of a model, and how a model is described."""

from odoo.tests import TransactionCase, new_test_user, tagged

from ..fields_ranking import DEFAULT_MAX, default_fields, useful_fields


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
