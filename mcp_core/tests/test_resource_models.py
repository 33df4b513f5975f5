"""odoo://models, schemas and access: what the caller may know of models."""

from odoo.tests import tagged

from .test_resource_system import ResourceCase


@tagged("post_install", "-at_install")
class TestResourceModels(ResourceCase):
    def test_models_are_those_that_the_caller_may_read(self):
        models = {
            entry["model"]: entry for entry in self.document("odoo://models")["models"]
        }
        self.assertEqual(models["res.country"]["operations"], ["read"])
        self.assertNotIn("ir.config_parameter", models)
        self.assertEqual(list(models), sorted(models))

    def test_a_schema_has_all_visible_fields_in_short(self):
        schema = self.document("odoo://model/res.partner/schema")
        self.assertEqual(schema["model"], "res.partner")
        self.assertIn("read", schema["operations"])
        partners = self.env["res.partner"].with_user(self.user)
        self.assertEqual(set(schema["fields"]), set(partners.fields_get()))
        self.assertEqual(
            schema["fields"]["country_id"],
            {"type": "many2one", "label": "Country", "relation": "res.country"},
        )
        self.assertIn("invoice", schema["fields"]["type"]["selection"])

    def test_a_schema_hides_what_the_caller_may_not_see(self):
        field = self.env["res.partner"]._fields["email"]
        self.patch(field, "groups", "base.group_system")
        fields = self.document("odoo://model/res.partner/schema")["fields"]
        self.assertNotIn("email", fields)
        for model in ("ir.config_parameter", "no.such.model", "mail.thread", "base"):
            self.assertNotFound(f"odoo://model/{model}/schema")

    def test_access_is_explained_for_every_operation(self):
        access = self.document("odoo://model/res.country/access")
        operations = access["operations"]
        self.assertEqual(list(operations), ["read", "create", "write", "unlink"])
        self.assertTrue(operations["read"]["allowed"])
        self.assertFalse(operations["write"]["allowed"])
        self.assertIn("ask", operations["write"])
        self.assertNotFound("odoo://model/no.such.model/access")

    def test_model_names_are_completed_by_name_and_by_label(self):
        template = "odoo://model/{model}/schema"
        self.assertIn("res.country", self.completed(template, "model", "res.cou"))
        self.assertIn("res.partner", self.completed(template, "model", "Contact"))
        for typed in ("ir.config", "no.such"):
            self.assertEqual(self.completed(template, "model", typed), [])
        self.assertEqual(len(self.completed(template, "model", "")) > 10, True)
