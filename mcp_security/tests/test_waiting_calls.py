"""Calls that wait for an answer of their client: only so many of each user.

How they wait is tested against a live server.
"""

from odoo.tests import TransactionCase, tagged

from odoo.addons.mcp_core.exceptions import ToolError


@tagged("post_install", "-at_install")
class TestWaitingCalls(TransactionCase):
    def test_on_installation_one_call_of_a_user_waits(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("mcp_security.waiting_calls", False)
        questions = self.env["mcp.client.request"]
        questions._check_waiting(None, waiting=2, own=0)
        with self.assertRaisesRegex(ToolError, "Another call of this user"):
            questions._check_waiting(None, waiting=2, own=1)
        parameters.set_param("mcp_security.waiting_calls", "2")
        questions._check_waiting(None, waiting=2, own=1)

    def test_all_users_together_leave_a_worker_free(self):
        with self.assertRaisesRegex(ToolError, "Too many questions"):
            self.env["mcp.client.request"]._check_waiting(None, waiting=1000, own=0)
