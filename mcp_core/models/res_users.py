"""What every request asks of its user."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import ormcache


class Caller(NamedTuple):
    """What is asked of a user.

    :param company_id: id of the main company
    """

    login: str
    active: bool
    company_id: int


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    @ormcache("user_id")
    def _mcp_caller(self, user_id):
        """Return the :class:`Caller` that a user is.

        Metadata, hence sudo. Odoo forgets it wherever one of these is written, see
        ``_get_invalidation_fields``; reading the user reads all of it each time.
        """
        user = self.sudo().with_context(active_test=False).browse(user_id)
        user.fetch(["login", "active", "company_id"])
        return Caller(user.login, user.active, user.company_id.id)

    def unlink(self):
        self.env["mcp.remembered"]._unlink_with(self)
        return super().unlink()
