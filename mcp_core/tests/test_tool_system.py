"""What modules and companies there are, told to whom they concern."""

from odoo.tests import tagged

from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class TestToolModules(McpCase):
    def modules(self, user=None, **arguments):
        return self.client(user or self.user).call("list_modules", **arguments)

    def manager(self):
        return self.new_user("mcp_system", "base.group_system,mcp_core.group_user")

    def test_everybody_sees_what_is_installed(self):
        result = self.modules(words="mcp server")
        self.assertEqual(
            [module for module in result["modules"] if module["name"] == "mcp_core"],
            [
                {
                    "name": "mcp_core",
                    "title": "MCP Server",
                    "summary": "Let AI clients work with Odoo through the Model "
                    "Context Protocol",
                    "app": True,
                }
            ],
        )

    def test_apps_come_first_and_a_limit_cuts(self):
        result = self.modules(limit=2)
        self.assertEqual(len(result["modules"]), 2)
        self.assertIs(result["modules"][0]["app"], True)
        installed = self.env["ir.module.module"].search_count(
            [("state", "=", "installed")]
        )
        self.assertEqual(result["total"], installed)

    def test_nothing_found_says_what_to_try(self):
        result = self.modules(words="xyzzy")
        self.assertEqual((result["modules"], result["total"]), ([], 0))
        self.assertIn("other word", result["hint"])

    def test_titles_are_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        module = self.env.ref("base.module_mcp_core")
        module.with_context(lang="fr_FR").shortdesc = "Serveur zèbre"
        self.user.lang = "fr_FR"
        found = self.modules(words="zèbre")["modules"]
        self.assertEqual([m["title"] for m in found], ["Serveur zèbre"])

    def test_what_is_not_installed_is_for_those_who_manage_it(self):
        for state in ("uninstalled", "all"):
            with self.assertRaisesRegex(ToolFailed, "installed modules only"):
                self.modules(state=state)
        manager = self.manager()
        module = self.env["ir.module.module"].create(
            {"name": "mcp_zebrafish", "shortdesc": "Zebra", "state": "uninstalled"}
        )
        found = self.modules(manager, words="zebrafish", state="uninstalled")["modules"]
        self.assertEqual([m["name"] for m in found], [module.name])
        self.assertEqual(self.modules(manager, words="zebrafish")["modules"], [])
        self.assertEqual(self.modules(words="zebrafish")["modules"], [])

    def test_versions_are_for_those_who_manage_them(self):
        found = self.modules(self.manager(), words="mcp_core")["modules"][0]
        self.assertEqual(found["state"], "installed")
        self.assertTrue(found["version"])
        self.assertTrue(found["category"])


@tagged("post_install", "-at_install")
class TestToolCompanies(McpCase):
    def companies(self):
        return self.client(self.user).call("list_companies")

    def test_the_only_company_is_the_default(self):
        own = self.user.company_id
        own.country_id = self.env.ref("base.be")
        result = self.companies()
        self.assertEqual(
            result["companies"],
            [
                {
                    "id": own.id,
                    "name": own.name,
                    "currency": own.currency_id.name,
                    "country": "Belgium",
                    "default": True,
                }
            ],
        )
        self.assertNotIn("hint", result)

    def test_only_own_companies_are_listed(self):
        branch = self.env["res.company"].create(
            {"name": "MCP branch", "parent_id": self.user.company_id.id}
        )
        self.env["res.company"].create({"name": "MCP elsewhere"})
        self.user.company_ids += branch
        result = self.companies()
        listed = {company["name"]: company for company in result["companies"]}
        self.assertEqual(set(listed), {self.user.company_id.name, "MCP branch"})
        self.assertEqual(listed["MCP branch"]["parent"]["id"], self.user.company_id.id)
        self.assertNotIn("default", listed["MCP branch"])
        self.assertIn("allowed_company_ids", result["hint"])

    def test_an_archived_company_is_not_listed(self):
        other = self.env["res.company"].create({"name": "MCP archived"})
        self.user.company_ids += other
        other.active = False
        names = [company["name"] for company in self.companies()["companies"]]
        self.assertNotIn("MCP archived", names)

    def test_a_field_without_access_is_left_out(self):
        field = self.env["res.company"]._fields["currency_id"]
        self.patch(field, "groups", "base.group_system")
        self.assertNotIn("currency", self.companies()["companies"][0])
