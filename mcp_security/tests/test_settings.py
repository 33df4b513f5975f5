"""The settings of this addon, on the screen of the core's."""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from ..hooks import uninstall_hook
from ..settings import TABLE


@tagged("post_install", "-at_install")
class TestSettings(TransactionCase):
    def saved(self, **values):
        """Save the screen with these values, and return it as opened again."""
        screens = self.env["res.config.settings"]
        screens.create(values).execute()
        return screens.create({})

    def test_every_setting_has_a_field_with_help(self):
        fields = self.env["res.config.settings"]._fields
        for name in TABLE.names:
            self.assertTrue(fields[f"mcp_{name}"].help, name)

    def test_a_change_is_kept_and_used(self):
        parameters = self.env["ir.config_parameter"]
        for name in ("rate_per_minute", "rate_burst"):
            parameters.set_param(TABLE.parameter(name), False)
        self.assertEqual(self.env["mcp.server"]._setting("rate_per_minute"), 120)
        self.assertEqual(self.saved(mcp_rate_per_minute=0).mcp_rate_per_minute, 0)
        self.assertEqual(self.env["mcp.server"]._setting("rate_per_minute"), 0)
        self.assertEqual(parameters.get_param("mcp_security.rate_per_minute"), "0")
        self.assertIs(parameters.get_param("mcp_security.rate_burst"), False)

    def test_numbers_outside_of_their_bounds_are_refused(self):
        for name, number in TABLE.numbers.items():
            for value in (number.minimum - 1, number.maximum + 1):
                with self.assertRaisesRegex(ValidationError, "is not between"):
                    self.saved(**{f"mcp_{name}": value})

    def test_uninstalling_takes_the_settings(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("mcp_security.rate_per_minute", "7")
        uninstall_hook(self.env)
        self.assertFalse(parameters.search([("key", "in", TABLE.parameters)]))
