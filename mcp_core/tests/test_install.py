"""What installing the addon brings, and what it does not."""

from odoo.tests import TransactionCase, tagged

from ..hooks import uninstall_hook


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_the_groups_belong_to_the_privilege(self):
        privilege = self.env.ref("mcp_core.privilege_mcp")
        user = self.env.ref("mcp_core.group_user")
        manager = self.env.ref("mcp_core.group_manager")
        self.assertEqual(privilege.group_ids, user | manager)
        self.assertIn(user, manager.implied_ids)
        self.assertIn(self.env.ref("base.group_user"), user.implied_ids)

    def test_nobody_becomes_an_mcp_user_by_installing(self):
        group = self.env.ref("mcp_core.group_user")
        implying = group.all_implied_by_ids - group
        self.assertEqual(implying, self.env.ref("mcp_core.group_manager"))

    def test_uninstalling_takes_the_keys_that_open_nothing_else(self):
        keys = self.env["res.users.apikeys"].with_user(self.env.ref("base.user_admin"))
        for scope in ("mcp", "mcp.read", "rpc", None):
            keys.sudo()._generate(scope, "test", None)
        uninstall_hook(self.env)
        scopes = keys.sudo().search([("name", "=", "test")]).mapped("scope")
        self.assertEqual(set(scopes), {"rpc", False})

    def test_uninstalling_takes_the_settings(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("mcp_core.page_size", "7")
        parameters.set_param("mcp_core.allowed_hosts", "example.com")
        uninstall_hook(self.env)
        self.assertFalse(parameters.search([("key", "=like", "mcp\\_core.%")]))

    def test_users_read_the_tools_and_only_administrators_change_them(self):
        tools = self.env["mcp.tool"]
        groups = {
            "base.group_user": [],
            "mcp_core.group_user": ["read"],
            "mcp_core.group_manager": ["read", "write", "create", "unlink"],
        }
        for group, allowed in groups.items():
            user = self.env["res.users"].create(
                {
                    "name": group,
                    "login": group,
                    "group_ids": [(6, 0, self.env.ref(group).ids)],
                }
            )
            self.assertEqual(
                [
                    operation
                    for operation in ("read", "write", "create", "unlink")
                    if tools.with_user(user).has_access(operation)
                ],
                allowed,
                group,
            )
