"""The suite's resources, by the extension points that any addon has."""

import json

from odoo import api, models

from odoo.addons.mcp_core.decorators import completion_method, resource_method

from .mcp_tool import PNG


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    @resource_method
    def _resource_test_text(self, exchange, uri):
        return "This is the content of the static text resource."

    @api.model
    @resource_method
    def _resource_test_binary(self, exchange, uri):
        return PNG

    @api.model
    @resource_method
    def _resource_test_data(self, exchange, uri, id):
        data = {"id": id, "templateTest": True, "data": f"Data for ID: {id}"}
        return json.dumps(data)

    @api.model
    @completion_method
    def _complete_test_data(self, exchange, name, value, chosen):
        return [number for number in ("1", "12", "123") if number.startswith(value)]
