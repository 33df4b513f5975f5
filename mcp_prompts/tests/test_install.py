"""What installing the addon brings, and what it does not."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_it_asks_for_nothing_but_what_it_stands_on(self):
        module = self.env.ref("base.module_mcp_prompts")
        self.assertEqual(sorted(module.dependencies_id.mapped("name")), ["mcp_core"])

    def test_it_works_without_the_other_addons_around_the_core(self):
        module = self.env.ref("base.module_mcp_prompts")
        needed = module.upstream_dependencies(exclude_states=("uninstallable",))
        self.assertEqual(
            [name for name in needed.mapped("name") if name.startswith("mcp_")],
            ["mcp_core"],
        )
