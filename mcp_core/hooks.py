"""What installing and uninstalling do beyond the records of the addon."""

from odoo import http

from . import settings
from .front_door import FrontDoor
from .models.res_users_apikeys import SCOPES


def post_load():
    """Stand before Odoo's application: a server that starts after this takes it."""
    if not isinstance(http.root, FrontDoor):
        http.root = FrontDoor(http.root)


def uninstall_hook(env):
    """Remove the keys that open nothing else, and the settings: a later install must
    revive neither.
    """
    env["res.users.apikeys"].search([("scope", "in", SCOPES)]).unlink()
    keys = settings.TABLE.parameters
    env["ir.config_parameter"].search([("key", "in", keys)]).unlink()
