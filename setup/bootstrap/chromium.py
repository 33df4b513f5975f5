"""A Chromium for the tests: the machine's own, or one unpacked beside it.

Debian has one without windows, in a package that needs few others.
"""

import os
import shutil
from pathlib import Path

from . import layout, programs
from .console import READY, Failure, Step
from .programs import Program

_NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
_PACKAGE = "chromium-headless-shell"
_PROGRAM = f"usr/lib/chromium/{_PACKAGE}"
_REMEDY = "install Chromium, or name one: MCP_TEST_CHROMIUM=/path/to/chromium"
_TRIAL = ("--version", "--no-sandbox")


def provide(step: Step) -> Program:
    """A Chromium that works, downloaded where the machine has none.

    :raises Failure: none is to be had
    """
    if named := os.environ.get("MCP_TEST_CHROMIUM"):
        step.outcome = f"yours, {named}"
        return Program(Path(named))
    for name in _NAMES:
        found = shutil.which(name)
        if found and Program(Path(found)).starts(*_TRIAL):
            step.outcome = READY
            return Program(Path(found))
    folder = layout.HOME / _PACKAGE
    if not programs.unpack(_PACKAGE, folder, step):
        raise Failure("there is no Chromium on PATH and none in the archive", _REMEDY)
    chromium = programs.unpacked(folder, _PROGRAM)
    if not chromium.starts(*_TRIAL):
        raise Failure(f"the Chromium in {folder} does not start", _REMEDY)
    return chromium
