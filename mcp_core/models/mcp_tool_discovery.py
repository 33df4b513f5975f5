"""Tools that find the way: which models there are."""

from odoo import api, models

from ..decorators import tool_method

_OPERATIONS = ("read", "create", "write", "unlink")


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_list_models(self, exchange, words="", limit=30):
        """List models by words of their label or technical name, best match first.

        :param str words: all of them must occur; none for the most used models
        :param int limit: number of models
        :return: ``models`` (model, label, operations) and how many matched
        """
        wanted = words.lower().split()
        found = []
        for name, label in self._labels(self._target_names()).items():
            text = f"{label} {name}".lower()
            if all(word in text for word in wanted):
                found.append((self._model_rank(name, label, wanted), name, label))
        found.sort()
        return {
            "models": [
                {
                    "model": name,
                    "label": label,
                    "operations": [
                        operation
                        for operation in _OPERATIONS
                        if self.env[name].has_access(operation)
                    ],
                }
                for _rank, name, label in found[:limit]
            ],
            "total": len(found),
        }

    @api.model
    def _labels(self, names):
        """Return {model: label in the caller's language}.

        Labels of models that the caller may read, hence sudo: only administrators may
        read ir.model itself.
        """
        labels = (
            self.env["ir.model"]
            .sudo()
            .search_fetch([("model", "in", names)], ["model", "name"])
        )
        return {record.model: record.name for record in labels}

    @api.model
    def _model_rank(self, name, label, wanted):
        """Return a sort key: whole words first, then documents with a chatter."""
        whole = set(label.lower().split()) | set(name.split("."))
        return (
            -sum(word in whole for word in wanted),
            "message_ids" not in self.env[name],
            len(label),
        )
