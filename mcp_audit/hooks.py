"""What uninstalling does beyond removing the records of the addon."""

import shutil

from . import settings


def uninstall_hook(env):
    """Remove the settings, which a later install must not revive, and the files."""
    keys = settings.TABLE.parameters
    env["ir.config_parameter"].search([("key", "in", keys)]).unlink()
    folder = env["mcp.audit.export"]._folder()
    env.cr.postcommit.add(lambda: shutil.rmtree(folder, ignore_errors=True))
