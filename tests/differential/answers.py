"""Whether two doors say the same."""

import re
import unicodedata
from datetime import UTC, datetime

#: Characters without a look, which MCP takes out.
_BLANK = re.compile("[\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\u2028\u2029]")


def clean(text):
    """Return text without what is not seen."""
    visible = (
        char for char in text if char in "\t\n" or unicodedata.category(char)[0] != "C"
    )
    return _BLANK.sub("", "".join(visible))


def translated(kind, value):
    """Return a value of Odoo's API in the form that :func:`normal` gives MCP's."""
    if kind == "boolean":
        return value
    if value is False or value is None:
        return None
    if kind == "many2one":
        return value[0], clean(value[1] or "")
    if kind == "date":
        # Odoo writes the year 1 as "1", which is no date of ISO 8601
        return value.zfill(len("0001-01-01"))
    return clean(value) if isinstance(value, str) else value


def normal(kind, value):
    """Return a value of MCP's, comparable with what :func:`translated` gives."""
    if value is None:
        return None
    if kind == "many2one":
        # out of bounds it is nameless
        return value["id"], clean(value["name"] or "") if "name" in value else None
    if kind == "datetime":
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return clean(value) if isinstance(value, str) else value


def same(kind, ours, theirs):
    """Return whether MCP's value and that of Odoo's API mean the same."""
    ours, theirs = normal(kind, ours), translated(kind, theirs)
    if kind == "many2one" and ours and theirs and ours[1] is None:
        return ours[0] == theirs[0]
    if kind == "one2many" or kind == "many2many":
        return sorted(ours or ()) == sorted(theirs or ())
    return ours == theirs
