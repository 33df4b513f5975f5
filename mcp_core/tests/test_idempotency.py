"""Doing things once: a call that comes again is answered again, not done again."""

from odoo.tests import tagged

from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestIdempotency(ChangesCase):
    def test_a_key_makes_a_call_happen_once(self):
        arguments = {
            "model": "res.partner",
            "records": [{"name": "Only once"}],
            "idempotency_key": "k1",
        }
        first = self.mcp.call("create", **arguments)
        self.assertEqual(self.mcp.call("create", **arguments), first)
        found = self.env["res.partner"].search([("name", "=", "Only once")])
        self.assertEqual(len(found), 1)
        other = self.new_user(
            "mcp_other",
            "base.group_user,mcp_core.group_user,base.group_partner_manager",
        )
        self.client(other).call("create", **arguments)
        found = self.env["res.partner"].search([("name", "=", "Only once")])
        self.assertEqual(len(found), 2, "a key is the caller's own")
        self.assertFails(
            "another call",
            "create",
            model="res.partner",
            records=[{"name": "Something else"}],
            idempotency_key="k1",
        )

    def test_a_key_of_a_call_that_failed_is_free(self):
        arguments = {"model": "res.partner", "idempotency_key": "k2"}
        self.assertFails("nmae", "create", records=[{"nmae": "x"}], **arguments)
        self.mcp.call("create", records=[{"name": "x"}], **arguments)

    def test_keys_are_forgotten_after_a_day(self):
        arguments = {
            "model": "res.partner",
            "records": [{"name": "Twice"}],
            "idempotency_key": "k3",
        }
        self.mcp.call("create", **arguments)
        self.env.cr.execute(
            "UPDATE mcp_idempotency_key SET created = created - interval '25 hours'"
        )
        self.mcp.call("create", **arguments)
        found = self.env["res.partner"].search([("name", "=", "Twice")])
        self.assertEqual(len(found), 2)
        self.env.cr.execute(
            "UPDATE mcp_idempotency_key SET created = created - interval '25 hours'"
        )
        self.env["mcp.idempotency.key"]._gc_keys()
        self.assertFalse(self.env["mcp.idempotency.key"].sudo().search([]))
