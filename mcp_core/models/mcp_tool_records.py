"""Tools that read records: searching, reading and counting them.

Which files come with them is decided in ``mcp_tool_files.py``.
"""

import orjson

from odoo import api, models

from ..decorators import tool_method
from ..domains import MAX_HOPS
from ..exceptions import ToolError
from ..fields_ranking import default_fields, is_readable
from ..protocol import content
from ..protocol.errors import quote
from ..record_reader import RecordReader

#: Where Odoo takes out of a page what the caller may not see after the database has
#: made it: pages would be short, or empty, although more records follow.
_FILTERED_LATE = frozenset({"mail.message", "mail.activity"})


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_search(
        self,
        exchange,
        model,
        domain=(),
        fields=(),
        order="",
        limit=20,
        offset=0,
        total=False,
        html=False,
        labels=False,
        links=False,
    ):
        """Search records and read some of their fields.

        :return: ``records``, ``has_more`` and, with more to come, ``next_offset``
        """
        target = self._target_model(model)
        tree = self._target_tree(target, fields)
        domain = self._target_domain(target, list(domain))
        limit = min(limit, self._records_max(target))
        # one more than asked for tells whether there is a next page, without a count
        order = self._target_order(target, order)
        late = target._name in _FILTERED_LATE
        if late:
            found = self._searching(target.search, domain, order=order)
            records = found[offset : offset + limit + 1]
        else:
            records = self._searching(
                target.search_fetch,
                domain,
                list(tree),
                order=order,
                limit=limit + 1,
                offset=offset,
            )
        reader = RecordReader(self.env, html=html, labels=labels, links=links)
        shown = reader.values(records[:limit], tree, fetched=not late)
        kept, notes = self._within_budget(shown)
        result = {
            "records": kept,
            "has_more": len(records) > len(kept),
            **self._reading_notes(reader, notes),
        }
        if result["has_more"]:
            result["next_offset"] = offset + len(kept)
        if total:
            result["total"] = self._searching(target.search_count, domain)
        return result

    @api.model
    @tool_method
    def _tool_read(
        self,
        exchange,
        model,
        ids,
        fields=(),
        html=False,
        labels=False,
        links=False,
        files=False,
    ):
        """Read fields of the records *ids*, in that order.

        A record that does not exist and one that the caller may not see are both
        ``not_found``: which of the two is nothing to tell.
        """
        target = self._target_model(model)
        tree = self._target_tree(target, fields)
        records = self._visible_records(target, ids, tree)
        found = set(records.ids)
        reader = RecordReader(self.env, html=html, labels=labels, links=links)
        shown = reader.values(records[: self._records_max(target)], tree)
        kept, notes = self._within_budget(shown)
        result = {
            "records": kept,
            "not_found": [id_ for id_ in dict.fromkeys(ids) if id_ not in found],
            **self._reading_notes(reader, notes),
        }
        if len(kept) < len(records):
            result["not_read"] = records[len(kept) :].ids
        if files:
            blocks = self._files(records[: len(kept)], tree)
            return content.WithBlocks(result, blocks)
        return result

    @api.model
    @tool_method
    def _tool_count(self, exchange, model, domain=()):
        """Count the records that match a domain."""
        target = self._target_model(model)
        return {
            "count": self._searching(
                target.search_count, self._target_domain(target, list(domain))
            )
        }

    # ------------------------------------------------------------
    # Which fields
    # ------------------------------------------------------------

    @api.model
    def _target_tree(self, model, names):
        """Return the fields to read as a tree, checked against *model*.

        The currency of an amount is read with it.

        :param names: field names, dotted where they go on to related records; none for
            those that describe a record best
        :rtype: dict[str, dict]
        :raise ToolError: a name is no visible field
        """
        tree = {}
        for name in names or default_fields(model):
            if name.count(".") >= MAX_HOPS:
                raise ToolError(
                    self.env._(
                        "%(field)s follows more than %(limit)s relations.",
                        field=quote(name),
                        limit=MAX_HOPS,
                    )
                )
            self._plant(tree, model, name)
        # every record has its id anyway
        tree.pop("id", None)
        return tree or self._name_tree(model)

    @api.model
    def _name_tree(self, model):
        return {"display_name": {}} if is_readable(model, "display_name") else {}

    @api.model
    def _plant(self, tree, model, path):
        name, dot, rest = path.partition(".")
        field = self._target_field(model, name)
        branch = tree.setdefault(name, {})
        if dot:
            if not field.relational:
                # says what is wrong with it
                self._target_path(model, path)
                raise ToolError(
                    self.env._("%s can be searched by, not read.", quote(path))
                )
            comodel = self._target_model(field.comodel_name)
            self._plant(branch, comodel, rest)
            branch.pop("id", None)
            branch or branch.update(self._name_tree(comodel))
        if field.type == "monetary":
            currency = field.get_currency_field(model)
            if is_readable(model, currency):
                tree.setdefault(currency, {})

    # ------------------------------------------------------------
    # How much
    # ------------------------------------------------------------

    @api.model
    def _records_max(self, model):
        """Return how many records of *model* one call may return or change."""
        most = self.env["mcp.server"]._setting("answer_records")
        return min(most, self._record_cap(model) or most)

    @api.model
    def _record_cap(self, model):
        """Hook: return a limit of *model*'s own for that, 0 for none.

        An override may lower the result of ``super()``.
        """
        return 0

    @api.model
    def _within_budget(self, records):
        """Return the first of *records* that fit in one answer, and notes about that.

        A single record that does not fit has its longest texts shortened.

        :return: (records, {"cut": …})
        """
        budget = self.env["mcp.server"]._setting("answer_bytes")
        if len(orjson.dumps(records)) <= budget:
            return records, {}
        kept, used = [], 0
        for record in records:
            used += len(orjson.dumps(record)) + 1
            if used > budget:
                break
            kept.append(record)
        if kept:
            reason = self.env._(
                "Only %(kept)s records fit in %(budget)s bytes. Ask for fewer fields, "
                "or go on from there.",
                kept=len(kept),
                budget=budget,
            )
            return kept, {"cut": reason}
        return self._shortened(records[0], budget)

    @api.model
    def _shortened(self, record, budget):
        lengths = {
            name: len(value) for name, value in record.items() if isinstance(value, str)
        }
        rest = len(orjson.dumps({**record, **dict.fromkeys(lengths, "")}))
        if rest > budget:
            sizes = {name: len(orjson.dumps(value)) for name, value in record.items()}
            largest = sorted(sizes, key=sizes.get, reverse=True)[:3]
            raise ToolError(
                self.env._(
                    "One record alone is larger than %(budget)s bytes. Leave out "
                    "%(fields)s, or search the related records on their own.",
                    budget=budget,
                    fields=", ".join(largest),
                )
            )
        # escapes take up to six bytes for a character
        share = (budget - rest) // (6 * max(1, len(lengths)))
        cut = {name: length for name, length in lengths.items() if length > share}
        shortened = {
            name: value[:share] if name in cut else value
            for name, value in record.items()
        }
        reason = self.env._(
            "Shortened to their first %(share)s characters: %(fields)s. Read such a "
            "field on its own for more of it.",
            share=share,
            fields=", ".join(f"{name} ({length})" for name, length in cut.items()),
        )
        return [shortened], {"cut": reason}

    @api.model
    def _reading_notes(self, reader, notes):
        if reader.removed:
            notes = {**notes, "removed_characters": reader.removed}
        return notes
