"""What a group of records is called, and which domain finds its records again.

The domains are written for clients: plain lists that the domain fence admits, without
the offset of any timezone. A plain date compared with a datetime is midnight where the
caller is, whatever the clocks do between two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from odoo.fields import Field
from odoo.models import (
    READ_GROUP_NUMBER_GRANULARITY,
    READ_GROUP_TIME_GRANULARITY,
    BaseModel,
)

from .record_reader import named
from .texts import label, visible

#: What moments may be grouped by: {field type: granularities}
GRANULARITIES = {
    "datetime": (*READ_GROUP_TIME_GRANULARITY, *READ_GROUP_NUMBER_GRANULARITY),
    "date": tuple(
        name
        for name in (*READ_GROUP_TIME_GRANULARITY, *READ_GROUP_NUMBER_GRANULARITY)
        if name not in ("hour", "hour_number", "minute_number", "second_number")
    ),
}


@dataclass(frozen=True, slots=True)
class Grouping:
    """One criterion that records are grouped by.

    :param path: a field, or a dotted path over many2one fields
    :param field: the last field of the path
    :param owner: the empty recordset that has this field
    :param granularity: of a date or datetime, otherwise empty
    """

    path: str
    field: Field
    owner: BaseModel
    granularity: str = ""

    @property
    def spec(self) -> str:
        """The criterion as Odoo writes it, which is its name in each group too."""
        return f"{self.path}:{self.granularity}" if self.granularity else self.path

    def labels(self, model: BaseModel, values: Sequence[Any]) -> list[Any]:
        """Return *values* of the groups as JSON values; ``None`` is not set.

        :param model: what is grouped
        :param values: as ``_read_group`` returns them
        """
        if self.granularity in READ_GROUP_TIME_GRANULARITY:
            # Odoo names its buckets in the language of the caller
            names = model._web_read_group_groupby_formatter(self.spec, values)
            return [
                {"start": self._start(value), "label": names(value)[0][1]}
                if value
                else None
                for value in values
            ]
        return [self._label(value) for value in values]

    def _start(self, value: Any) -> str:
        if self.granularity == "hour":
            return value.strftime("%Y-%m-%dT%H:%M")
        return value.strftime("%Y-%m-%d")

    def _label(self, value: Any) -> Any:
        if self.field.type == "boolean":
            return bool(value)
        if self.granularity:
            return None if value is None or value is False else int(value)
        if isinstance(value, BaseModel):
            if not value:
                return None
            if self.field.type == "many2one":
                if not value._mcp_nameable():
                    return {"id": value.id}
                # whose name is told is the field's to decide
                value = self.field.convert_to_read(value, self.owner)
                return {"id": value[0], "name": label(value[1])} if value else None
            return named(value)
        if isinstance(value, str):
            return visible(value)[0]
        return None if value is False or value is None else value

    def domain(self, value: Any) -> list:
        """Return the conditions that the records of one group meet, and no other.

        :param value: as ``_read_group`` returns it
        """
        first, *rest = self.path.split(".")
        if not rest:
            return self._conditions(first, value)
        if value or value == 0 and value is not False:
            return self._conditions(self.path, value)
        # nothing at the end of the path, or a relation before it that is not set
        conditions = self._conditions(rest[-1], value)
        for step in reversed([first, *rest[:-1]]):
            conditions = ["|", [step, "not any", []], [step, "any", conditions]]
        return conditions

    def _conditions(self, path: str, value: Any) -> list:
        if isinstance(value, BaseModel):
            if value:
                return [[path, "=", value.id]]
            # "= false" would look past the record rules of what is related
            absent = ["not any", []] if self.field.type == "many2many" else ["=", False]
            return [[path, *absent]]
        if value is None or (value is False and self.field.type != "boolean"):
            return [[path, "=", False]]
        if self.granularity in READ_GROUP_NUMBER_GRANULARITY:
            return [[f"{path}.{self.granularity}", "=", int(value)]]
        if not self.granularity:
            return [[path, "=", value]]
        if self.granularity == "hour":
            # an hour that the clocks repeat is one group: no range would find it
            following = value + READ_GROUP_TIME_GRANULARITY["day"]
            return [
                [path, ">=", value.strftime("%Y-%m-%d")],
                [path, "<", following.strftime("%Y-%m-%d")],
                [f"{path}.hour_number", "=", value.hour],
            ]
        end = value + READ_GROUP_TIME_GRANULARITY[self.granularity]
        return [
            [path, ">=", value.strftime("%Y-%m-%d")],
            [path, "<", end.strftime("%Y-%m-%d")],
        ]
