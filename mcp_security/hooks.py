"""What installing and uninstalling do beyond the records of the addon."""

from . import settings


def uninstall_hook(env):
    """Remove the settings, which a later install must not revive, and the function."""
    keys = settings.TABLE.parameters
    env["ir.config_parameter"].search([("key", "in", keys)]).unlink()
    env.cr.execute("DROP FUNCTION IF EXISTS mcp_rate_take")
