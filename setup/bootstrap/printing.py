"""wkhtmltopdf, which Odoo prints with: the machine's own, or one unpacked beside it.

Debian's prints without the headers and footers of Odoo's documents; the one that
Odoo's makers name does, and is found first where it is on PATH.
"""

import shlex
import shutil
from pathlib import Path

from . import layout, programs
from .building import built
from .console import READY, Failure, Step, say
from .programs import Program

_PACKAGE = "wkhtmltopdf"
_WITHOUT = "no wkhtmltopdf: reports cannot be printed"


def provide(step: Step) -> Path | None:
    """The folder in which Odoo finds a wkhtmltopdf, beside those on PATH.

    None where PATH has one, and where none can be had: nothing but printing needs it.
    """
    if shutil.which(_PACKAGE):
        step.outcome = READY
        return None
    folder = layout.HOME / _PACKAGE
    starters = folder.with_name(f"{_PACKAGE}-bin")
    if starters.exists():
        step.outcome = READY
    else:
        try:
            found = programs.unpack(_PACKAGE, folder, step)
        except Failure as failure:
            say(f"{_WITHOUT} ({failure.message})")
            return None
        with built(starters) as part:
            if found:
                _write_starter(part, programs.unpacked(folder, f"usr/bin/{_PACKAGE}"))
    if (starters / _PACKAGE).exists():
        return starters
    step.outcome = _WITHOUT
    return None


def _write_starter(folder: Path, program: Program) -> None:
    """Writes a script that starts the program with what it needs around it."""
    plugins = program.path.parents[1].glob("lib/*/qt5/plugins")
    variables = program.variables | {
        "QT_QPA_PLATFORM": "offscreen",
        "QT_PLUGIN_PATH": ":".join(map(str, plugins)),
    }
    words = [f"{key}={shlex.quote(value)}" for key, value in variables.items()]
    script = folder / _PACKAGE
    script.write_text(
        f'#!/bin/sh\nexec env {" ".join(words)} {shlex.quote(str(program.path))} "$@"\n'
    )
    script.chmod(0o755)
