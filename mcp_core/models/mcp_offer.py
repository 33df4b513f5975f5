"""What tools, resources and their like have in common: records offered to clients.

Whom they are offered to, which methods they may name, and how what these do is held to
what it may do. A catalogue of all of them is remembered; what is in there is no record.
"""

from contextlib import contextmanager

from psycopg2.errors import QueryCanceled

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..decorators import marked
from ..limits import LimitedSavepoint
from ..protocol.errors import InvalidParams


class McpOffer(models.AbstractModel):
    _name = "mcp.offer"
    _inherit = "mcp.remembered"
    _description = "Offer to MCP Clients"
    _order = "sequence, id"

    title = fields.Char(translate=True, help="Shown to people.")
    description = fields.Text(translate=True, help="Read by the model.")
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    group_ids = fields.Many2many(
        "res.groups",
        string="Groups",
        help="Offered to members of these groups only; to every MCP user without any.",
    )
    user_count = fields.Integer(
        "Users", compute="_compute_user_count", help="How many users are offered it."
    )

    @api.depends("group_ids", "active")
    def _compute_user_count(self):
        for offer in self:
            users = self.env["res.users"]
            offer.user_count = users.search_count(offer._users_domain())

    def _users_domain(self):
        """Return the domain of the users to whom the record is offered."""
        if not self.active:
            return Domain.FALSE
        admitted = self.env.ref("mcp_core.group_user")
        domain = Domain("share", "=", False)
        domain &= Domain("all_group_ids", "in", admitted.ids)
        if self.group_ids:
            domain &= Domain("all_group_ids", "in", self.group_ids.ids)
        return domain

    def _mcp_without_groups(self):
        self.active = False
        return super()._mcp_without_groups()

    def action_view_users(self):
        """Open the users to whom the record is offered."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Users of %s", self.title or self.display_name),
            "res_model": "res.users",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._users_domain()),
        }

    def _described(self):
        """Return what the protocol knows of the record: immutable, and no record.

        Each kind of offer has its own. It has a ``name`` and a method
        ``describe(revision)``, which returns the entry of a list.
        """
        raise NotImplementedError

    @api.model
    @ormcache("self.env.lang")
    def _catalogue(self):
        """Return ((description, ids of its groups), …) of all active ones, in order.

        The same for every user, hence sudo: who may see which is decided on each
        request by :meth:`_available`.
        """
        return tuple(
            (offer._described(), frozenset(offer.group_ids.ids))
            for offer in self.sudo().search(self._catalogue_domain())
        )

    @api.model
    def _catalogue_domain(self):
        """Hook: return the domain of what is offered to more than one user.

        An override narrows the result of ``super()``; what it leaves out, it adds in an
        override of :meth:`_available` to the users that it is for.

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _available(self, exchange):
        """Hook: return what the caller is offered and may use, in order.

        An override filters the result of ``super()``; it adds nothing but what is the
        caller's own.

        :return: what :meth:`_described` returns of each
        :rtype: list
        """
        own_groups = frozenset(self.env.user._get_group_ids())
        return [
            offer
            for offer, groups in self._catalogue()
            if not groups or groups & own_groups
        ]

    @api.model
    def _named(self, exchange, name):
        """Return the offer *name* if the caller is offered it, otherwise ``None``.

        :param name: from the client, of any type
        """
        for offer in self._available(exchange):
            if offer.name == name:
                return offer
        return None

    # ------------------------------------------------------------
    # Methods that records name
    # ------------------------------------------------------------

    @api.model
    @ormcache("marker")
    def _marked(self, marker):
        """Return the names of the methods that carry a marker.

        Records may name these and no others.

        :param str marker: see :mod:`..decorators`
        :rtype: frozenset[str]
        """
        return frozenset(marked(type(self), marker))

    @api.model
    def _selection_of_marked(self, marker, prefix):
        """Return the methods that carry a marker for a selection, without a prefix."""
        names = sorted(self._marked(marker))
        return [(name, name.removeprefix(prefix)) for name in names]

    # ------------------------------------------------------------
    # Holding what runs
    # ------------------------------------------------------------

    @api.model
    def _limited(self, *, read_only):
        """Return a savepoint in which PostgreSQL itself holds what runs to what it may
        do, and how long.

        :rtype: LimitedSavepoint
        """
        server = self.env["mcp.server"]
        settings = {
            "statement_timeout": f"{server._setting('statement_timeout_seconds')}s",
            "lock_timeout": f"{server._setting('lock_timeout_seconds')}s",
        }
        if read_only:
            # any write is refused, whatever the method or an override below it tries
            settings["transaction_read_only"] = "on"
        return LimitedSavepoint(self.env.cr, settings)

    @contextmanager
    def _reading(self):
        """Hold what runs within to reading, and to the time that the settings allow.

        :raise InvalidParams: the database took too long
        """
        try:
            with self._limited(read_only=True):
                yield
        except QueryCanceled as error:
            raise InvalidParams(self._timeout_message()) from error

    @api.model
    def _timeout_message(self):
        seconds = self.env["mcp.server"]._setting("statement_timeout_seconds")
        return self.env._(
            "The database took longer than %s seconds and was stopped; nothing was "
            "changed. Narrow the domain, ask for fewer records, or leave out computed "
            "fields.",
            seconds,
        )
