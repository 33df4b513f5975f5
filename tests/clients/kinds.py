"""The ways to be a client, each as its users run it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from endpoint import LATEST_LEGACY, MODERN
from node import NODE

_HERE = Path(__file__).parent
_BRIDGE = "node_modules/mcp-remote/dist/proxy.js"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to be a client.

    name: as it calls itself to the server; driver: the script, with the words behind
    the URL; revision: what it agrees on with us, on the wire; renews: whether it opens
    a new session by itself where one has ended; mirrors: whether it repeats parameters
    as headers where a tool asks for it; bridged: the words for a bridge
    """

    name: str
    driver: tuple[str, ...]
    revision: str
    renews: bool = False
    mirrors: bool = True
    bridged: tuple[str, ...] | None = None

    @property
    def has_sessions(self):
        return self.revision != MODERN

    def command(self, url):
        script, *words = self.driver
        runner = sys.executable if script.endswith(".py") else NODE
        command = [runner, _HERE / script, url, *words]
        if self.bridged is not None:
            # as in the configuration of Claude Desktop, whose npx mangles spaces
            header = ("--header", "Authorization:${AUTH_HEADER}")
            command += [NODE, _BRIDGE, url, *header, *self.bridged]
        return command


_LEGACY_PYTHON = ("python_sdk.py", "legacy")
KINDS = {
    "typescript-1": Kind("typescript-1", ("typescript_1.mjs",), LATEST_LEGACY),
    "typescript-2-legacy": Kind(
        "typescript-2", ("typescript_2.mjs", "legacy"), LATEST_LEGACY
    ),
    "typescript-2": Kind("typescript-2", ("typescript_2.mjs", "auto"), MODERN),
    "python-legacy": Kind("python", _LEGACY_PYTHON, LATEST_LEGACY),
    "python": Kind("python", ("python_sdk.py", "auto"), MODERN),
    "mcp-remote-legacy": Kind(
        "bridge", _LEGACY_PYTHON, LATEST_LEGACY, renews=True, bridged=()
    ),
    "mcp-remote": Kind(
        "bridge",
        _LEGACY_PYTHON,
        MODERN,
        mirrors=False,
        bridged=("--protocol", "auto"),
    ),
}
