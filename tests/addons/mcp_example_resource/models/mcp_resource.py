"""An example: a resource with a variable, and what is proposed for it."""

import json

from odoo import api, models

from odoo.addons.mcp_core.decorators import completion_method, resource_method


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    @resource_method
    def _resource_country_companies(self, exchange, uri, country):
        """Return the names of the companies of a country that the caller may see."""
        found = self.env["res.country"].search([("code", "=", country.upper())])
        if not found:
            return None
        companies = self.env["res.partner"].search(
            [("is_company", "=", True), ("country_id", "=", found.id)],
            order="name, id",
            limit=100,
        )
        names = companies.mapped("name")
        return json.dumps({"country": found.name, "companies": names})

    @api.model
    @completion_method
    def _complete_country(self, exchange, name, value, chosen):
        """Propose countries by the beginning of their codes."""
        found = self.env["res.country"].search(
            [("code", "=ilike", f"{value}%")], order="code", limit=100
        )
        return found.mapped("code")
