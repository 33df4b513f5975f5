"""Tools that tell about the system: its modules and its companies."""

from odoo import api, models
from odoo.fields import Domain

from ..decorators import tool_method
from ..exceptions import ToolError

#: Of modules, those that are installed now, whatever is to become of them.
INSTALLED = Domain("state", "in", ("installed", "to upgrade", "to remove"))
_STATES = {
    "installed": INSTALLED,
    "uninstalled": Domain("state", "in", ("uninstalled", "to install")),
    "all": Domain("state", "!=", "uninstallable"),
}


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_list_modules(self, exchange, words="", state="installed", limit=50):
        """List modules, apps first.

        Everybody sees in their menus which apps are installed, so names, titles and
        summaries of installed modules are for all. Versions, which tell an attacker
        what is open, and what is not installed are for those who manage the system.

        :return: ``modules`` and the ``total`` that matches
        :raise ToolError: the caller may see installed modules only
        """
        manages = self.env.user.has_group("base.group_system")
        if state != "installed" and not manages:
            raise ToolError(
                self.env._(
                    "You may see installed modules only: others are for members of "
                    "“%s”. Leave state out.",
                    self._settings_group(),
                )
            )
        domain = _STATES[state] & Domain.AND(
            Domain("name", "ilike", word)
            | Domain("shortdesc", "ilike", word)
            | Domain("summary", "ilike", word)
            for word in words.split()
        )
        modules = self.env["mcp.resource"]._modules()
        found = modules.search(domain, limit=limit)
        result = {
            "modules": [
                self._exported_module(module, manages=manages) for module in found
            ],
            "total": len(found) if len(found) < limit else modules.search_count(domain),
        }
        if not found:
            result["hint"] = self.env._(
                "No module matches. Try one other word, or leave words out."
            )
        return result

    @api.model
    def _settings_group(self):
        """Return the name of a group, for everybody to read: hence sudo."""
        return self.env.ref("base.group_system").sudo().full_name

    @api.model
    def _exported_module(self, module, *, manages):
        exported = self.env["mcp.resource"]._described_module(module)
        if manages:
            exported["state"] = module.state
            if module.latest_version:
                exported["version"] = module.latest_version
            if module.category_id:
                exported["category"] = module.category_id.name
        return exported

    @api.model
    @tool_method
    def _tool_list_companies(self, exchange):
        """List the companies that the caller works for, in the order of Odoo's menu."""
        own = self.env.user._get_company_ids()
        default = self.env.user.company_id.id
        companies = self.env["res.company"].with_context(allowed_company_ids=list(own))
        found = companies.search([("id", "in", own)])
        names = [
            name
            for name in ("name", "currency_id", "country_id", "parent_id")
            if found._has_field_access(found._fields[name], "read")
        ]
        listed = []
        for values in found.read(names):
            company = {"id": values["id"], "name": values.get("name") or ""}
            for key in ("currency", "country"):
                if value := values.get(f"{key}_id"):
                    company[key] = value[1]
            if parent := values.get("parent_id"):
                company["parent"] = {"id": parent[0], "name": parent[1]}
            if company["id"] == default:
                company["default"] = True
            listed.append(company)
        result = {"companies": listed}
        if len(listed) > 1:
            result["hint"] = self.env._(
                "Tools work in the default company. For others give context "
                '{"allowed_company_ids": [2, 1]}: the first one gets new records, the '
                "records of all of them are seen."
            )
        return result
