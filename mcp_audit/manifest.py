"""What comes with an exported file: what it is, and by what that can be checked.

Plain Python, so that an export can be verified where there is no Odoo.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

#: The name of the manifest in the ZIP file.
NAME = "manifest.json"
PRODUCT = "mcp_audit"


def canonical(manifest: Mapping[str, Any]) -> bytes:
    """Return the bytes of a manifest that its signature is about."""
    signed = {name: value for name, value in manifest.items() if name != "signature"}
    return orjson.dumps(signed, option=orjson.OPT_SORT_KEYS)


def signed(
    manifest: Mapping[str, Any], sign: Callable[[bytes], Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a manifest with its signature.

    :param sign: returns algorithm, key_id, public_key and signature
    """
    return {**manifest, "signature": dict(sign(canonical(manifest)))}


def dumped(manifest: Mapping[str, Any]) -> bytes:
    """Return the manifest as it stands in its file, for people to read."""
    return orjson.dumps(
        manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def line(value: Mapping[str, Any]) -> bytes:
    """Return a JSON object as one line."""
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
