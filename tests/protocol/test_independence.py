"""The protocol package stands on its own: plain Python, no Odoo."""

import subprocess
import sys
from pathlib import Path

import protocol

_IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
import protocol
modules = [module.name for module in pkgutil.iter_modules(protocol.__path__)]
for module in modules:
    importlib.import_module(f"protocol.{module}")
print(*modules)
sys.exit("odoo" in sys.modules)
"""


def test_importing_every_module_of_it_imports_no_odoo():
    run = subprocess.run(
        [sys.executable, "-c", _IMPORT_EVERYTHING],
        cwd=Path(protocol.__path__[0]).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert {"jsonrpc", "headers", "revision", "schema"} <= set(run.stdout.split())
