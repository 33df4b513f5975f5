"""Resources about the system as a whole: what it is, and which modules it has."""

import orjson

from odoo import api, fields, models, release
from odoo.fields import Domain

from ..decorators import completion_method, resource_method
from .mcp_tool_system import INSTALLED


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    def _json(self, value):
        """Return *value* as the text of a JSON resource."""
        return orjson.dumps(value, default=str).decode()

    @api.model
    @resource_method
    def _resource_system(self, exchange, uri):
        """Tell which Odoo this is, and as whom the caller works in it.

        Nothing about the machine: no host, path or database.
        """
        user = self.env.user
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        # a number only, hence sudo: everybody sees the apps in their menus
        modules = self.env["ir.module.module"].sudo()
        enterprise = release.version_info[-1] == "e"
        return self._json(
            {
                "odoo": release.series,
                "edition": "Enterprise" if enterprise else "Community",
                "installed_apps": modules.search_count(
                    INSTALLED & Domain("application", "=", True)
                ),
                "user": {"id": user.id, "name": user.name},
                "company": self._company(self.env.company),
                "companies": [self._company(company) for company in user.company_ids],
                "language": self.env.lang or "en_US",
                "timezone": self.env.tz.zone,
                "server_time": now.isoformat(timespec="seconds"),
            }
        )

    @api.model
    def _company(self, company):
        """Return id, name and currency of one of the user's own companies.

        Their names are in Odoo's own menu, hence sudo: a company that is not chosen
        can't be read.
        """
        company = company.sudo()
        return {
            "id": company.id,
            "name": company.name,
            "currency": company.currency_id.name,
        }

    @api.model
    @resource_method
    def _resource_modules(self, exchange, uri):
        """List the installed modules, apps first."""
        found = self._modules().search(INSTALLED)
        return self._json(
            {"modules": [self._described_module(module) for module in found]}
        )

    @api.model
    @resource_method
    def _resource_module(self, exchange, uri, name):
        """Describe one module, and which of the installed ones it builds on."""
        module = self._modules().search(
            self._visible_modules() & Domain("name", "=", name), limit=1
        )
        if not module:
            return None
        described = self._described_module(module)
        description = (module.description or "").strip()
        if description:
            described["description"] = description
        described["depends"] = module.dependencies_id.mapped("name")
        dependents = self._modules().search(
            INSTALLED & Domain("dependencies_id.name", "=", name)
        )
        described["needed_by"] = dependents.mapped("name")
        if self.env.user.has_group("base.group_system"):
            described["state"] = module.state
            described["version"] = module.latest_version or ""
        return self._json(described)

    @api.model
    @completion_method
    def _complete_module(self, exchange, name, value, chosen):
        """Propose names of modules, those that begin with what was typed first."""
        domain = self._visible_modules() & (
            Domain("name", "ilike", value) | Domain("shortdesc", "ilike", value)
        )
        names = self._modules().search(domain).mapped("name")
        return sorted(names, key=lambda found: (not found.startswith(value), found))

    @api.model
    def _modules(self):
        """Return the model of modules with sudo.

        Everybody sees in their menus what is installed; only administrators may read
        the records themselves. Versions are told to those only.
        """
        return self.env["ir.module.module"].sudo()

    @api.model
    def _visible_modules(self):
        if self.env.user.has_group("base.group_system"):
            return Domain.TRUE
        return INSTALLED

    @api.model
    def _described_module(self, module):
        """Return what everybody may know of an installed module."""
        described = {"name": module.name, "title": module.shortdesc or module.name}
        if module.summary:
            described["summary"] = module.summary
        if module.application:
            described["app"] = True
        return described
