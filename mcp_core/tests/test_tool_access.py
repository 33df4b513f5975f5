"""explain_access: the layer that denies, and nothing that is hidden."""

from odoo import Command, api
from odoo.tests import tagged

from ..models.mcp_access import AccessLayer
from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class TestToolAccess(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.new_user("mcp_admin")
        cls.admin.group_ids += cls.env.ref("base.group_system")
        cls.admin.group_ids += cls.env.ref("base.group_partner_manager")
        cls.partner = cls.env["res.partner"].create({"name": "MCP test"})
        cls.read_tools = cls.env["mcp.tool"].search(
            [("method", "in", ["_tool_search", "_tool_read", "_tool_count"])]
        )

    def explained(self, operation="read", user=None, model="res.partner", **arguments):
        mcp = self.client(user or self.user)
        return mcp.call("explain_access", model=model, operation=operation, **arguments)

    def layer(self, explanation, name):
        found = {layer["layer"]: layer for layer in explanation["layers"]}
        return found.get(name)

    def forbid(self, operations=("read",), name="MCP test rule"):
        """Let a record rule forbid *operations* on the partner."""
        self.env["ir.rule"].create(
            {
                "name": name,
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partner.id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
                **{
                    f"perm_{mode}": mode in operations
                    for mode in ("read", "write", "create", "unlink")
                },
            }
        )

    def test_what_is_allowed_is_allowed_by_every_layer(self):
        result = self.explained(id=self.partner.id)
        self.assertTrue(result["allowed"])
        self.assertNotIn("ask", result)
        self.assertEqual(
            [layer["layer"] for layer in result["layers"]],
            ["mcp_group", "tools", "access_right", "record_rule", "fields"],
        )
        self.assertIn("search", self.layer(result, "tools")["reason"])
        self.assertIn("member of", self.layer(result, "access_right")["reason"])

    def test_a_missing_access_right_names_the_groups_that_have_it(self):
        result = self.explained("write", model="res.country")
        right = self.layer(result, "access_right")
        self.assertEqual((result["allowed"], right["allowed"]), (False, False))
        groups = self.env["ir.model.access"].search(
            [("model_id.model", "=", "res.country"), ("perm_write", "=", True)]
        )
        self.assertIn(groups.group_id[0].full_name, right["reason"])
        self.assertIn(groups.group_id[0].full_name, result["ask"])
        self.assertIsNone(self.layer(result, "record_rule"))

    def test_a_model_that_the_user_may_not_read_is_explained(self):
        result = self.explained("read", model="res.partner.industry")
        self.assertTrue(result["allowed"])
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=", "res.partner.industry")]
        )
        rights.perm_read = False
        result = self.explained("read", model="res.partner.industry")
        self.assertFalse(self.layer(result, "access_right")["allowed"])
        self.assertIn("nobody", self.layer(result, "access_right")["reason"])

    def test_a_record_rule_is_named_to_administrators_only(self):
        self.forbid(["write"])
        self.user.group_ids += self.env.ref("base.group_partner_manager")
        for user, named in ((self.user, False), (self.admin, True)):
            result = self.explained("write", user, id=self.partner.id)
            rule = self.layer(result, "record_rule")
            self.assertFalse(rule["allowed"])
            self.assertIn("forbids", rule["reason"])
            self.assertIs("MCP test rule" in str(result), named)
            self.assertIn("record rules", result["ask"])

    def test_a_missing_record_and_a_hidden_one_look_alike(self):
        self.forbid()
        for user in (self.user, self.admin):
            for operation in ("read", "write", "unlink"):
                hidden, missing = (
                    str(self.explained(operation, user, id=id_)).replace(str(id_), "N")
                    for id_ in (self.partner.id, 2147483647)
                )
                self.assertEqual(hidden, missing)
                if user == self.admin and operation != "unlink":
                    self.assertIn("no record N, or", hidden)

    def test_rules_are_announced_where_no_record_is_named(self):
        self.forbid()
        reason = self.layer(self.explained(), "record_rule")["reason"]
        self.assertIn("ask with the id", reason)

    def test_closed_fields_are_counted_and_named_to_administrators(self):
        field = self.env["res.partner"]._fields["email"]
        self.patch(field, "groups", "base.group_no_one")
        reason = self.layer(self.explained(), "fields")["reason"]
        self.assertRegex(reason, r"^\d+ fields are closed")
        self.assertNotIn("email", reason)
        reason = self.layer(self.explained(user=self.admin), "fields")["reason"]
        self.assertIn("email", reason)

    def test_the_tools_of_an_operation_may_be_closed(self):
        tools = self.env["mcp.tool"].search(
            [("method", "in", ["_tool_aggregate", "_tool_name_search"])]
        )
        (self.read_tools | tools).group_ids = self.env.ref("base.group_system")
        result = self.explained()
        self.assertFalse(self.layer(result, "tools")["allowed"])
        self.assertIn("only for", self.layer(result, "tools")["reason"])
        self.assertIn("Add you to", result["ask"])
        (self.read_tools | tools).active = False
        result = self.explained(user=self.admin)
        self.assertIn("Switched off", self.layer(result, "tools")["reason"])
        self.assertIn("Activate", result["ask"])

    def test_another_addon_adds_a_layer(self):
        model_class = type(self.env["mcp.access"])
        original = model_class._access_layers

        @api.model
        def _access_layers(access, exchange, model, operation, record):
            policy = AccessLayer("policy", allowed=False, reason="No.", remedy="Ask.")
            return [*original(access, exchange, model, operation, record), policy]

        self.patch(model_class, "_access_layers", _access_layers)
        result = self.explained()
        self.assertEqual(result["layers"][-1]["layer"], "policy")
        self.assertEqual((result["allowed"], result["ask"]), (False, "Ask."))

    def test_an_unknown_model_is_explained_like_everywhere(self):
        for model in ("no.such.model", "mail.thread", "mcp.access"):
            with self.assertRaisesRegex(ToolFailed, "no model"):
                self.explained(model=model)
