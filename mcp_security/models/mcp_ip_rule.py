"""Which addresses may reach the endpoint at all."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import ormcache

from .. import addresses


class McpIpRule(models.Model):
    _name = "mcp.ip.rule"
    _inherit = "mcp.remembered"
    _description = "MCP IP Rule"
    _order = "sequence, id"
    _rec_name = "network"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    network = fields.Char(
        required=True,
        help="An address, or a network in CIDR notation: 203.0.113.0/24, "
        "2001:db8::/32.",
    )
    action = fields.Selection(
        [("allow", "Allow"), ("deny", "Deny")],
        required=True,
        default="allow",
        help="A denied address is refused whatever else is allowed. As soon as one "
        "network is allowed, all others are refused.",
    )
    description = fields.Char("Note", help="Whose network it is.")
    locks_out = fields.Boolean(
        "Refuse Me Too",
        help="Save, switch off or delete this rule although clients at the address "
        "that you are using now are refused then. Odoo itself stays open to you.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        own = self._own_address()
        rules = super().create([self._normal(vals) for vals in vals_list])
        rules._check_own_address(own)
        return rules

    def write(self, vals):
        own = self._own_address()
        result = super().write(self._normal(vals))
        self._check_own_address(own)
        return result

    def unlink(self):
        confirmed = all(self.mapped("locks_out"))
        own = self._own_address()
        result = super().unlink()
        if not confirmed:
            # what was allowed may have been the own address
            self.browse()._check_own_address(own)
        return result

    @api.model
    def _normal(self, vals):
        """Return values with the network in its one form.

        :raise ValidationError: it is none
        """
        if not vals.get("network"):
            return vals
        try:
            network = addresses.parse_network(vals["network"])
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%s” is no address and no network. Write 203.0.113.7, "
                    "203.0.113.0/24 or 2001:db8::/32.",
                    vals["network"],
                )
            ) from error
        single = network.prefixlen == network.max_prefixlen
        return {
            **vals,
            "network": str(network.network_address) if single else str(network),
        }

    @api.model
    def _own_address(self):
        """Return the address of whoever changes the rules, where it is admitted now.

        :return: ``None`` where it is not: nobody is locked out who is out already
        """
        if not request:
            return None
        own = self.env["mcp.server"]._client_address(request.httprequest)
        return own if self._admits(own) else None

    def _check_own_address(self, own):
        """Refuse a change of rules that locks out who makes it, unless they want that.

        :param own: what :meth:`_own_address` returned before the rules were changed
        :raise ValidationError: clients of whoever changes them would be refused now
        """
        if own is None or (self and all(self.mapped("locks_out"))):
            return
        if not self._admits(own):
            raise ValidationError(
                self.env._(
                    "After this change, clients at %s would be refused: the address "
                    "that you are using now. Allow it too, or deny less. "
                    "Or, if that is what you want, tick “Refuse Me Too” on the rule.",
                    own,
                )
            )

    @api.model
    def _admits(self, address):
        """Return whether clients at an address may reach the endpoint.

        :param str address: as the request has it; one that makes no sense is admitted
            only where there are no rules
        """
        allowed, denied = self._networks()
        if not allowed and not denied:
            return True
        parsed = addresses.parse(address)
        if parsed is None or addresses.contains(denied, parsed):
            return False
        return not allowed or addresses.contains(allowed, parsed)

    @api.model
    @ormcache()
    def _networks(self):
        """Return the networks that are allowed, and those that are denied.

        The same for everybody, hence sudo.
        """
        rules = self.sudo().search([("active", "=", True)])
        return tuple(
            tuple(
                addresses.parse_network(rule.network)
                for rule in rules
                if rule.action == action
            )
            for action in ("allow", "deny")
        )
