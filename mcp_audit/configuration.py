"""Telling the trail of changes of what administrators configure, with old and new
values."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from odoo import fields, models

from .redaction import excerpt

#: Characters of one value that are kept, and of these, before what is different.
_VALUE_MAX = 2000
_BEFORE = 200


def of_mcp(model: models.BaseModel) -> models.BaseModel:
    """Return the records of a model that addons of MCP came with."""
    # metadata, hence sudo
    known = model.env["ir.model.data"].sudo()
    known = known.search([("model", "=", model._name), ("module", "=like", "mcp\\_%")])
    return model.browse(known.mapped("res_id")).exists()


@contextmanager
def changing(records: models.BaseModel, names: Iterable[str]) -> Iterator[None]:
    """Tell of what becomes of some fields of records within."""
    names = list(names)
    before = {record: values(record, names) for record in records}
    yield
    for record, old in before.items():
        tell(record, "write", old, values(record, names))


@contextmanager
def translating(record: models.BaseModel, name: str) -> Iterator[None]:
    """Tell of what becomes of the translations of a field within."""
    before = _translations(record, name)
    yield
    tell(record, "write", before, _translations(record, name))


def created(record: models.BaseModel, names: Iterable[str]) -> None:
    """Tell of a new record: of what it was given, and of what defaults have added.

    Defaults come with the context, so from whoever creates it.
    """
    given, found = set(names), values(record, record._fields)
    tell(
        record,
        "create",
        {},
        {name: value for name, value in found.items() if value or name in given},
    )


def deleting(records: models.BaseModel) -> None:
    """Tell of records that are about to be deleted."""
    for record in records:
        tell(record, "unlink", values(record, record._fields), {})


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
        name: _kept(old.get(name), new.get(name))
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
        name=record.sudo().display_name,
        changes=changes,
    )


def _kept(old, new):
    """Return two values as they are kept: of long texts what is different.

    Who hides a change behind thousands of characters hides nothing.
    """
    begin = 0
    if isinstance(old, str) and isinstance(new, str):
        begin = max(0, len(os.path.commonprefix([old, new])) - _BEFORE)
    return [
        excerpt(value, begin, _VALUE_MAX) if isinstance(value, str) else value
        for value in (old, new)
    ]


def _translations(record, name):
    """Return {field and language: text} of what stands in a translated field."""
    field = record._fields[name]
    if not field.store or not field.translate:
        return {}
    record.flush_recordset([name])
    stored = field._get_stored_translations(record) or {}
    return {f"{name} ({code})": text for code, text in sorted(stored.items())}


def values(record: models.BaseModel, names: Iterable[str]) -> dict[str, Any]:
    """Return the stored values of fields as JSON, relations as ids.

    Whoever changes a record need not see all of it, hence sudo.
    """
    found, record = {}, record.sudo().with_context(bin_size=False)
    for name in names:
        field = record._fields.get(name)
        if field is None or not field.store or name in models.MAGIC_COLUMNS:
            continue
        value = record[name]
        if isinstance(value, models.BaseModel):
            found[name] = value.ids
        elif field.type == "binary":
            found[name] = excerpt(value.decode(), 0, 0) if value else False
        elif isinstance(field, fields.Date | fields.Datetime):
            found[name] = field.to_string(value)
        elif isinstance(value, str):
            # no text is no text, however it is written
            found[name] = value or False
        else:
            found[name] = value
    return found
