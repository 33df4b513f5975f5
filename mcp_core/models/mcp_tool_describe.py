"""The tool that describes a model."""

from odoo import SUPERUSER_ID, api, models
from odoo.tools import ormcache

from .. import fields_ranking


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @ormcache("model_name", cache="templates")
    def _ranked_fields(self, model_name):
        """Return :func:`~.fields_ranking.rank` of a model; forgotten with its views.

        As the superuser and without context: views are no data, and one answer is
        kept for everybody, whoever came first.
        """
        model = self.with_user(SUPERUSER_ID).with_context({}).env[model_name]
        return fields_ranking.rank(model)
