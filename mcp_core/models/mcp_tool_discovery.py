"""Tools that find the way: which models there are."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import frozendict, ormcache

from ..decorators import tool_method
from .mcp_access import OPERATIONS


def _stem(word):
    """Return what is compared of a word: plurals and singulars are alike.

    >>> _stem("Opportunities") == _stem("opportunity")
    True
    """
    word = word.lower()
    if word.endswith("ies"):
        return word[:-3]
    return word.rstrip("s").removesuffix("y")


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_list_models(self, exchange, words="", limit=30):
        """List models by everyday words, best match first.

        A word is looked for in the label, the technical name, and the names of the
        model's screens: people say "quotations" where the model is a sales order.
        Where no model has all words, those that have some of them are listed.

        :param str words: none for the models with most screens
        :param int limit: number of models
        :return: ``models`` (model, label, operations) and how many matched
        """
        wanted = {_stem(word) for word in words.split()}
        screens = self._screen_names()
        labels = self._labels(self._target_names())
        found = []
        for name, label in labels.items():
            names = screens.get(name, ())
            text = " ".join((label, name, *names)).lower()
            matched = sum(word in text for word in wanted)
            if matched or not wanted:
                rank = self._model_rank(name, label, names, wanted)
                found.append((-matched, rank, name, label))
        if any(-missed == len(wanted) for missed, *_rest in found):
            found = [entry for entry in found if -entry[0] == len(wanted)]
        found.sort()
        result = {
            "models": [
                {
                    "model": name,
                    "label": label,
                    "operations": self._operations(self.env[name]),
                }
                for _missed, _rank, name, label in found[:limit]
            ],
            "total": len(found),
        }
        if not found:
            result["hint"] = self.env._(
                "Nothing matches. Try one other word, such as a word from a menu of "
                "Odoo, or call list_models without words."
            )
        return result

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
    def _operations(self, model):
        """Return what the caller may do with records of a model, of OPERATIONS."""
        return [operation for operation in OPERATIONS if model.has_access(operation)]

    @api.model
    @ormcache("self.env.lang")
    def _screen_names(self):
        """Return {model: names of the screens that show its records}.

        The names of Odoo's own menus and actions, the same for everybody, hence sudo:
        they are only used for models that the caller may read.
        """
        names = defaultdict(list)
        actions = self.env["ir.actions.act_window"].sudo()
        for action in actions.search_fetch([], ["name", "res_model"]):
            names[action.res_model].append(action.name or "")
        return frozendict({model: tuple(listed) for model, listed in names.items()})

    @api.model
    def _model_rank(self, name, label, screens, wanted):
        """Return a sort key: what is called by nothing but these words comes first,
        then whole words, then the models with most screens.
        """
        names = [{_stem(word) for word in text.split()} for text in (label, *screens)]
        called = any(words and words <= wanted for words in names)
        whole = {_stem(word) for word in (*label.split(), *name.split("."))}
        shown = {_stem(word) for screen in screens for word in screen.split()}
        return (
            not called,
            -len(wanted & whole),
            -len(wanted & shown),
            "message_ids" not in self.env[name],
            -len(screens),
            len(label),
        )
