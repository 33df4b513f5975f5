"""Values of many records, a field at a time, from where the ORM remembers them.

``read`` asks each record for each field, which takes longer than the database does.
What is taken here is what ``read`` would give; where that is not certain, nothing is,
and ``read`` is asked: for kinds of fields that work anything out when they are read,
and for models that have a way of their own to be read.
"""

from collections.abc import Callable
from itertools import repeat
from typing import Any, TypeVar

from odoo import fields
from odoo.exceptions import MissingError
from odoo.models import BaseModel

_Method = TypeVar("_Method", bound=Callable[..., Any])

#: What a model would override to be read in a way of its own.
_WAYS = ("read", "fetch", "_read_format")
_ABSENT = object()
# XML-RPC has no larger integers, so Odoo reads them as floats
_INTEGER_MAX = 2**31 - 1


def _integer(value):
    return float(value) if value and value > _INTEGER_MAX else value or 0


def _itself(value):
    return value


#: How a value is read that the ORM remembers, ``None`` for what is not set. Exact
#: types: a subclass may do anything.
_READ: dict[type, Callable[[Any], Any]] = {
    fields.Boolean: bool,
    fields.Integer: _integer,
    fields.Float: lambda value: value or 0.0,
    fields.Monetary: lambda value: value or 0.0,
    fields.Char: _itself,
    fields.Text: _itself,
    fields.Selection: _itself,
    fields.Date: _itself,
    fields.Datetime: _itself,
    fields.Many2one: _itself,
}


def as_columns(method: _Method) -> _Method:
    """Mark an override of ``read``, ``fetch`` or ``_read_format`` as one that columns
    need not go through.

    All that it changes of what is read are the names of related records, and it takes
    away no others than :meth:`~.models.base.Base._mcp_nameable` does.
    """
    method._mcp_as_columns = True
    return method


def is_read_as_usual(records: BaseModel) -> bool:
    """Return whether no override changes how the model is read."""
    return all(
        parent is BaseModel or getattr(parent.__dict__[way], "_mcp_as_columns", False)
        for parent in type(records).__mro__
        for way in _WAYS
        if way in parent.__dict__
    )


def taken_column(records: BaseModel, name: str) -> list[Any] | None:
    """Return the values of a field of *records*, ``None`` where ``read`` has to say.

    Of a many2one these are ids; what is not set is ``None``, and zero where it is a
    number.

    :param records: of a model that is read as usual
    :param name: of a field that the caller may read, which the ORM has fetched if it is
        a column of the database
    """
    field = records._fields[name]
    convert = _READ.get(type(field))
    if convert is None or field.company_dependent or callable(_translation(field)):
        return None
    if field.compute and field.store:
        field.recompute(records)
    if not field.store:
        _work_out(records, field)
    remembered = field._get_cache(records.env)
    values = list(map(remembered.get, records._ids, repeat(_ABSENT)))
    if _ABSENT in values:
        return None
    return values if convert is _itself else list(map(convert, values))


def _translation(field):
    return getattr(field, "translate", False)


def _work_out(records, field):
    """Have a computed field computed, as reading it would."""
    remembered = field._get_cache(records.env)
    try:
        for record in records:
            if record.id not in remembered:
                field.__get__(record)
    except MissingError:
        # read leaves such a record out
        return
