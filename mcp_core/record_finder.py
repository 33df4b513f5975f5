"""Records that a client names: by id, by name, or as reading gave them.

Nothing is guessed: a name stands for a record when it is the only one, and otherwise is
answered with those that it may be.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from odoo.api import Environment

from .exceptions import ToolError
from .protocol.errors import quote
from .texts import label

#: The largest id that a table of Odoo's has.
ID_MAX = 2**31 - 1
#: How many records a name is answered with that fits several.
_CANDIDATES = 5
#: How often one call may ask the database what a value stands for.
_LOOKUPS_MAX = 500


class RecordFinder:
    """Finds the records that the values of one call stand for, as its caller."""

    def __init__(self, env: Environment):
        self.env = env
        self._seen: set[tuple[str, int]] = set()
        self._lookups = 0

    def record(self, model_name: str, value: Any, field_name: str) -> int:
        """Return the id of the one record that *value* stands for.

        :param value: an id, a name, or ``{"id": …}`` as reading gives it
        :param field_name: of what it is the value, for errors
        :raise ToolError: none that the caller may read, or several
        """
        if is_record(value):
            value = value.get("id", value.get("name"))
        model = self._model(model_name)
        if isinstance(value, int) and not isinstance(value, bool):
            if self._sees(model, [value]):
                return value
            raise ToolError(
                self.env._(
                    "%(field)s: there is no record %(value)s of %(model)s that you may "
                    "read.",
                    field=field_name,
                    value=quote(value),
                    model=model_name,
                )
            )
        if not isinstance(value, str) or not value.strip():
            raise ToolError(
                self.env._(
                    "%(field)s takes the id or the name of one record of %(model)s, "
                    "not %(value)s.",
                    field=field_name,
                    model=model_name,
                    value=quote(value),
                )
            )
        return self._named(model.with_context(active_test=True), value, field_name)

    def records(
        self, model_name: str, values: Iterable[Any], field_name: str
    ) -> list[int]:
        """Return the id of the record that each of *values* stands for.

        :raise ToolError: as :meth:`record`
        """
        numbers = [value for value in values if type(value) is int]
        if numbers:
            # all at once; those that are not there are named one by one below
            self._sees(self._model(model_name), numbers)
        return [self.record(model_name, value, field_name) for value in values]

    def _model(self, name):
        """Return the model *name*, its archived records among the others."""
        model = self.env["mcp.tool"]._target_model(name)
        return model.with_context(active_test=False)

    def _sees(self, model, ids):
        """Return whether the caller may read all of these records."""
        unseen = {
            id_
            for id_ in ids
            if 0 < id_ <= ID_MAX and (model._name, id_) not in self._seen
        }
        if unseen:
            self._count_lookup()
            found = model.search([("id", "in", list(unseen))])
            self._seen.update((model._name, id_) for id_ in found.ids)
        return all((model._name, id_) in self._seen for id_ in ids)

    def _count_lookup(self):
        """Refuse a call that would ask the database for ever."""
        self._lookups += 1
        if self._lookups > _LOOKUPS_MAX:
            raise ToolError(
                self.env._(
                    "These values name more than %s related records. Write fewer "
                    "records at once.",
                    _LOOKUPS_MAX,
                )
            )

    def _named(self, model, name, field_name):
        """Return the id of the one record that is called *name*."""
        self._count_lookup()
        exact = model.name_search(name, operator="=", limit=_CANDIDATES + 1)
        found = exact or model.name_search(name, limit=_CANDIDATES + 1)
        if len(found) == 1:
            return found[0][0]
        if not found:
            raise ToolError(
                self.env._(
                    "%(field)s: nothing of %(model)s is called %(name)s. name_search "
                    "or search finds records by parts of their names.",
                    field=field_name,
                    model=model._name,
                    name=quote(name),
                )
            )
        candidates = ", ".join(
            f"{id_} ({label(name)})" for id_, name in found[:_CANDIDATES]
        )
        more = ", …" if len(found) > _CANDIDATES else ""
        raise ToolError(
            self.env._(
                "%(field)s: %(name)s may be one of several: %(candidates)s%(more)s. "
                "Write the id.",
                field=field_name,
                name=quote(name),
                candidates=candidates,
                more=more,
            )
        )


def is_record(value: Any) -> bool:
    """Return whether a value names a record the way that reading does.

    >>> is_record({"id": 7, "name": "Azure"}), is_record({"create": {}})
    (True, False)
    """
    return isinstance(value, Mapping) and bool(value) and set(value) <= {"id", "name"}
