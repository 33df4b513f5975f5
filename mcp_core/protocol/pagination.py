"""Opaque cursors for the lists (server utilities, "Pagination").

A cursor says which list it belongs to and how many entries came before. It needs no
secret: whoever forges one gets a page that the caller may see anyway.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from .errors import InvalidParams

_Entry = TypeVar("_Entry")

#: Longest cursor that is decoded at all.
_CURSOR_MAX = 100


def page(
    entries: Sequence[_Entry], name: str, cursor: object, size: int
) -> tuple[Sequence[_Entry], str | None]:
    """Return one page of *entries* and the cursor of the next one, if there is one.

    :param name: of the list, so that a cursor of another one is refused
    :param cursor: as sent by the client, ``None`` without one; the empty string is a
        cursor too and means the beginning
    :param size: entries per page, at least 1
    :raise InvalidParams: the cursor is none that this list gave out
    """
    start = 0 if cursor is None or cursor == "" else _decode(name, cursor)
    end = start + size
    following = _encode(name, end) if end < len(entries) else None
    return entries[start:end], following


def _encode(name: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{name}:{offset}".encode()).decode()


def _decode(name: str, cursor: object) -> int:
    unknown = InvalidParams(
        "Unknown cursor. Begin the list again, without a cursor.",
    )
    if not isinstance(cursor, str) or len(cursor) > _CURSOR_MAX:
        raise unknown
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise unknown from None
    owner, _colon, offset = text.rpartition(":")
    if owner != name or not (offset.isascii() and offset.isdigit()):
        raise unknown
    return int(offset)
