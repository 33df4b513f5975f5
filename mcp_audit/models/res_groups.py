"""Who is let in, and by which group: changes of that are in the trail."""

from contextlib import contextmanager

from odoo import api, models

from .. import configuration

#: Fields of a group that say who is in it, or in others because of it.
_MEMBERSHIP = frozenset({"user_ids", "implied_ids", "implied_by_ids"})


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        names = {name for vals in vals_list for name in vals}
        with self._mcp_granting(names):
            return super().create(vals_list)

    def write(self, vals):
        with self._mcp_granting(vals):
            return super().write(vals)

    def unlink(self):
        with self._mcp_granting(_MEMBERSHIP):
            return super().unlink()

    @api.model
    def _mcp_own(self):
        """Return the groups that addons of MCP came with."""
        # whoever changes groups need not see all of them, hence sudo
        return configuration.of_mcp(self.sudo())

    @contextmanager
    def _mcp_granting(self, names):
        """Tell of whoever comes into a group of MCP or leaves it.

        :param names: of the fields that are changed within
        """
        if not _MEMBERSHIP & set(names):
            yield
            return
        before = {group: group.all_user_ids for group in self._mcp_own()}
        yield
        self.env.flush_all()
        for group, users in before.items():
            if not group.exists():
                continue
            group.invalidate_recordset(["all_user_ids"])
            now = group.all_user_ids
            configuration.tell(
                group,
                "write",
                {"users": (users - now).mapped("login")},
                {"users": (now - users).mapped("login")},
            )
