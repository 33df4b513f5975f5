"""Telling the trail of changes of what administrators configure, with old and new
values."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from odoo import fields, models

#: Characters of one value that are kept.
_VALUE_MAX = 2000


@contextmanager
def changing(records: models.BaseModel, names: Iterable[str]) -> Iterator[None]:
    """Tell of what becomes of some fields of records within."""
    names = list(names)
    before = {record: _values(record, names) for record in records}
    yield
    for record, old in before.items():
        tell(record, "write", old, _values(record, names))


def created(record: models.BaseModel, names: Iterable[str]) -> None:
    """Tell of a new record and of fields of it."""
    tell(record, "create", {}, _values(record, names))


def deleting(records: models.BaseModel) -> None:
    """Tell of records that are about to be deleted."""
    for record in records:
        tell(record, "unlink", _values(record, record._fields), {})


def tell(
    record: models.BaseModel,
    operation: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> None:
    """Tell of one change; where nothing is different, there was none.

    :param old: JSON values by field, or by whatever else has changed of the record
    """
    changes = {
        name: [old.get(name), new.get(name)]
        for name in [*old, *(name for name in new if name not in old)]
        if old.get(name) != new.get(name)
    }
    if not changes and operation == "write":
        return
    record.env["mcp.server"]._emit(
        "configuration.changed",
        None,
        model=record._name,
        operation=operation,
        record_ids=record.ids,
        record_count=1,
        name=record.display_name,
        changes=changes,
    )


def _values(record, names):
    """Return the stored values of fields as JSON, relations as ids."""
    values = {}
    for name in names:
        field = record._fields.get(name)
        if field is None or not field.store or name in models.MAGIC_COLUMNS:
            continue
        value = record[name]
        if isinstance(value, models.BaseModel):
            values[name] = value.ids
        elif field.type == "binary":
            values[name] = len(value or b"")
        elif isinstance(field, fields.Date | fields.Datetime):
            values[name] = field.to_string(value)
        elif isinstance(value, str):
            # no text is no text, however it is written
            values[name] = value[:_VALUE_MAX] or False
        else:
            values[name] = value
    return values
