"""odoo://system and the modules: facts, and nothing about the machine."""

import json

from odoo.tests import tagged

from .common import McpCase, RequestFailed


class ResourceCase(McpCase):
    """A case that reads resources and completes their variables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.new_user("mcp_admin")
        cls.admin.group_ids += cls.env.ref("base.group_system")

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def contents(self, uri, mcp=None):
        """Return the only contents of a resource."""
        read = (mcp or self.mcp).request("resources/read", {"uri": uri})
        self.assertEqual(len(read["contents"]), 1)
        self.assertEqual(read["contents"][0]["uri"], uri)
        return read["contents"][0]

    def document(self, uri, mcp=None):
        """Return the JSON document of a resource."""
        found = self.contents(uri, mcp)
        self.assertEqual(found["mimeType"], "application/json")
        return json.loads(found["text"])

    def assertNotFound(self, uri, mcp=None):
        with self.assertRaises(RequestFailed) as failure:
            (mcp or self.mcp).request("resources/read", {"uri": uri})
        self.assertEqual(failure.exception.code, -32002, failure.exception)

    def completed(self, template, name, value, mcp=None, **chosen):
        params = {
            "ref": {"type": "ref/resource", "uri": template},
            "argument": {"name": name, "value": value},
            "context": {"arguments": chosen},
        }
        answer = (mcp or self.mcp).request("completion/complete", params)
        return answer["completion"]["values"]


@tagged("post_install", "-at_install")
class TestResourceSystem(ResourceCase):
    def test_the_system_tells_who_the_caller_is(self):
        self.user.tz = "Asia/Kolkata"
        system = self.document("odoo://system")
        self.assertEqual(system["user"], {"id": self.user.id, "name": self.user.name})
        self.assertEqual(system["company"]["id"], self.user.company_id.id)
        self.assertEqual(system["timezone"], "Asia/Kolkata")
        self.assertTrue(system["server_time"].endswith("+05:30"))
        self.assertTrue(system["odoo"].startswith("19."))

    def test_the_system_tells_nothing_of_the_machine(self):
        text = self.contents("odoo://system")["text"]
        uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        for secret in (self.env.cr.dbname, uuid, "/", self.base_url()):
            self.assertNotIn(secret, text.replace(self.user.tz or "UTC", ""))

    def test_modules_are_listed_without_versions(self):
        modules = self.document("odoo://modules")["modules"]
        listed = {module["name"]: module for module in modules}
        self.assertTrue(listed["mcp_core"]["app"])
        self.assertEqual(set(listed), set(self.env.registry._init_modules) | {"base"})
        self.assertNotIn("version", json.dumps(listed["web"]))

    def test_a_module_is_described_in_full_to_administrators(self):
        module = self.document("odoo://module/mcp_core")
        self.assertCountEqual(module["depends"], ["base_setup", "web"])
        self.assertNotIn("version", module)
        self.assertIn("mcp_core", self.document("odoo://module/web")["needed_by"])
        module = self.document("odoo://module/mcp_core", self.client(self.admin))
        self.assertEqual(module["state"], "installed")
        self.assertIn("version", module)
        self.assertNotFound("odoo://module/nothing")

    def test_modules_that_are_not_installed_are_for_administrators(self):
        modules = self.env["ir.module.module"]
        other = modules.search([("state", "=", "uninstalled")], limit=1)
        if not other:
            other = modules.create({"name": "mcp_x", "state": "uninstalled"})
        self.assertNotFound(f"odoo://module/{other.name}")
        admin = self.client(self.admin)
        module = self.document(f"odoo://module/{other.name}", admin)
        self.assertEqual(module["state"], "uninstalled")
        template = "odoo://module/{name}"
        self.assertNotIn(other.name, self.completed(template, "name", other.name))
        self.assertIn(other.name, self.completed(template, "name", other.name, admin))

    def test_module_names_are_completed(self):
        names = self.completed("odoo://module/{name}", "name", "mcp")
        self.assertIn("mcp_core", names)
        self.assertEqual(names, sorted(names))
