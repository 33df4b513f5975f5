"""Records and attachments as resources: as the caller, and no larger than sensible."""

import base64

from odoo import Command
from odoo.tests import tagged

from ..models.mcp_resource_records import FILE_MAX
from .common import RequestFailed
from .test_resource_system import ResourceCase

_RECORD = "odoo://record/{model}/{id}"


@tagged("post_install", "-at_install")
class TestResourceRecords(ResourceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "MCP test", "email": "mcp@example.com", "image_1920": False}
        )
        cls.uri = f"odoo://record/res.partner/{cls.partner.id}"

    def hide(self):
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partner.id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )

    def attach(self, user=None, **values):
        attachments = self.env["ir.attachment"].with_user(user or self.env.user)
        return attachments.create({"name": "MCP test", **values})

    def test_a_record_is_its_readable_fields_without_files(self):
        document = self.document(self.uri)
        record = document["record"]
        self.assertEqual(document["model"], "res.partner")
        self.assertEqual(record["id"], self.partner.id)
        self.assertEqual(record["email"], "mcp@example.com")
        for name in ("image_1920", "avatar_128", "signup_token", "access_token"):
            self.assertNotIn(name, record)

    def test_a_field_without_access_is_left_out(self):
        field = self.env["res.partner"]._fields["email"]
        self.patch(field, "groups", "base.group_system")
        self.assertNotIn("email", self.document(self.uri)["record"])

    def test_what_is_not_there_or_hidden_is_not_found(self):
        self.hide()
        for uri in (
            self.uri,
            "odoo://record/res.partner/2147483647",
            "odoo://record/res.partner/99999999999",
            "odoo://record/res.partner/0",
            "odoo://record/res.partner/-1",
            "odoo://record/res.partner/1e3",
            "odoo://record/res.partner/%D9%A1",
            "odoo://record/ir.config_parameter/1",
            "odoo://record/no.such.model/1",
            "odoo://record/mail.thread/1",
        ):
            self.assertNotFound(uri)

    def test_models_and_ids_are_completed_under_the_rights_of_the_caller(self):
        self.assertIn("res.partner", self.completed(_RECORD, "model", "res.par"))
        arguments = {"template": _RECORD, "name": "id", "model": "res.partner"}
        partner_id = str(self.partner.id)
        self.assertEqual(self.completed(value="MCP test", **arguments)[0], partner_id)
        self.assertEqual(self.completed(value=partner_id, **arguments)[0], partner_id)
        self.hide()
        for value in ("MCP test", partner_id):
            self.assertNotIn(partner_id, self.completed(value=value, **arguments))
        for model in ("ir.config_parameter", "no.such.model", ["res.partner"], 1):
            found = self.completed(_RECORD, "id", "", model=model)
            self.assertEqual(found, [])
        self.assertEqual(self.completed(_RECORD, "id", "MCP"), [])

    # attachments

    def test_an_attachment_is_text_or_a_blob(self):
        text = self.attach(self.user, raw="grüß".encode(), mimetype="text/plain")
        found = self.contents(f"odoo://attachment/{text.id}")
        self.assertEqual((found["mimeType"], found["text"]), ("text/plain", "grüß"))
        binary = self.attach(self.user, raw=b"%PDF-\xff", mimetype="application/pdf")
        found = self.contents(f"odoo://attachment/{binary.id}")
        self.assertEqual(found["mimeType"], "application/pdf")
        self.assertEqual(base64.b64decode(found["blob"]), b"%PDF-\xff")
        broken = self.attach(self.user, raw=b"\xff", mimetype="text/plain")
        self.assertIn("blob", self.contents(f"odoo://attachment/{broken.id}"))
        link = self.attach(self.user, type="url", url="https://example.com/x")
        found = self.contents(f"odoo://attachment/{link.id}")
        self.assertEqual(found["text"], "https://example.com/x")

    def test_an_attachment_is_as_visible_as_its_record(self):
        own = self.attach(raw=b"x", res_model="res.partner", res_id=self.partner.id)
        uri = f"odoo://attachment/{own.id}"
        self.contents(uri)
        self.hide()
        self.assertNotFound(uri)
        somebody = self.attach(raw=b"x")
        parameter = self.env["ir.config_parameter"].search([], limit=1)
        locked = self.attach(
            raw=b"x", res_model="ir.config_parameter", res_id=parameter.id
        )
        for missing in (somebody.id, locked.id, 2147483647, "x"):
            self.assertNotFound(f"odoo://attachment/{missing}")

    def test_a_large_attachment_says_how_large(self):
        large = self.attach(self.user, raw=b"x" * (FILE_MAX + 1))
        with self.assertRaisesRegex(RequestFailed, str(FILE_MAX + 1)) as failure:
            self.contents(f"odoo://attachment/{large.id}")
        self.assertEqual(failure.exception.code, -32602)

    def test_attachments_are_completed_by_name(self):
        own = self.attach(self.user, raw=b"x", name="MCP own file")
        other = self.attach(raw=b"x", name="MCP other file")
        found = self.completed("odoo://attachment/{id}", "id", "MCP")
        self.assertIn(str(own.id), found)
        self.assertNotIn(str(other.id), found)
