"""What uninstalling does beyond removing the records of the addon."""

from . import settings


def uninstall_hook(env):
    """Remove the settings: a later install must not revive them."""
    keys = settings.TABLE.parameters
    env["ir.config_parameter"].search([("key", "in", keys)]).unlink()
