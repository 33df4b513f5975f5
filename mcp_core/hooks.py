"""What installing and uninstalling do beyond the records of the addon."""

from .models.res_users_apikeys import SCOPE


def uninstall_hook(env):
    """Remove the keys that open nothing else: a later install must not revive them."""
    keys = env["res.users.apikeys"].search([("scope", "=", SCOPE)])
    keys.unlink()
