"""What installing the addon brings, and what it does not."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_it_asks_for_nothing_but_what_it_stands_on(self):
        module = self.env.ref("base.module_mcp_audit")
        self.assertEqual(
            sorted(module.dependencies_id.mapped("name")), ["mcp_core", "queue_job"]
        )

    def test_it_works_without_the_other_addons_around_the_core(self):
        module = self.env.ref("base.module_mcp_audit")
        needed = module.upstream_dependencies(exclude_states=("uninstallable",))
        self.assertEqual(
            [name for name in needed.mapped("name") if name.startswith("mcp_")],
            ["mcp_core"],
        )

    def test_auditors_have_a_privilege_of_their_own(self):
        auditor = self.env.ref("mcp_audit.group_auditor")
        privilege = self.env.ref("mcp_audit.privilege_audit")
        self.assertEqual(privilege.group_ids, auditor)
        self.assertIn(self.env.ref("base.group_user"), auditor.implied_ids)

    def test_auditing_and_using_or_managing_mcp_are_independent(self):
        auditor = self.env.ref("mcp_audit.group_auditor")
        user = self.env.ref("mcp_core.group_user")
        manager = self.env.ref("mcp_core.group_manager")
        self.assertFalse(auditor.all_implied_ids & (user | manager))
        self.assertNotIn(auditor, manager.all_implied_ids)

    def test_nobody_becomes_an_auditor_by_installing(self):
        auditor = self.env.ref("mcp_audit.group_auditor")
        self.assertEqual(auditor.all_implied_by_ids, auditor)
        self.assertFalse(auditor.user_ids)
