"""Text that strangers may have written, as a model should get it.

Characters that a person does not see, or that turn the direction of writing, are taken
out: a model would read them.
"""

import re
from typing import Any

from .protocol.resource import contents

#: Format characters other than joiners within words, controls other than line and tab,
#: fillers, tags: what has no look of its own.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: What of that is ASCII.
_CONTROLS = bytes(code for code in range(128) if _INVISIBLE.match(chr(code)))
#: Characters of a name outside of data.
_LABEL_MAX = 120
#: Besides text/*: what a model reads better as it is than as base64.
_TEXT_TYPES = frozenset(
    {
        "application/json",
        "application/xml",
        "application/javascript",
        "application/x-yaml",
    }
)


def visible(text: str) -> tuple[str, int]:
    """Return *text* without what nobody sees, and how many characters that were.

    >>> visible("in\\u200bvoice")
    ('invoice', 1)
    """
    return (text, 0) if is_visible(text) else _INVISIBLE.subn("", text)


def is_visible(text: str) -> bool:
    """Return whether there is nothing in *text* that nobody sees.

    >>> is_visible("in\\u200bvoice"), is_visible("Été")
    (False, True)
    """
    if text.isascii():
        # most texts are, and this is the quickest way to look for characters in them
        return len(text.encode().translate(None, _CONTROLS)) == len(text)
    return not _INVISIBLE.search(text)


def label(name: str | None) -> str:
    """Return what a record is called as one short line without what nobody sees.

    For names outside of data: in questions to people, in errors, beside an id.

    >>> label("Azure\\nInterior")
    'Azure Interior'
    """
    text = " ".join(visible(name or "")[0].split())
    return f"{text[:_LABEL_MAX]}…" if len(text) > _LABEL_MAX else text


def file_contents(uri: str, data: bytes, mime_type: str) -> dict[str, Any]:
    """Return the contents of a file as a resource: as text where it is some.

    :param mime_type: as it is known, ``""`` where it is not
    """
    is_text = mime_type.startswith("text/") or mime_type in _TEXT_TYPES
    try:
        text = data.decode() if is_text else None
    except UnicodeDecodeError:
        text = None
    if text is None:
        return contents(uri, data, mime_type or "application/octet-stream")
    return contents(uri, visible(text)[0], mime_type)
