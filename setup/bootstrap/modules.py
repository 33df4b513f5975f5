"""Which of Odoo's modules are installed: the apps to try things with, and what the
project's addons need."""

import ast
from pathlib import Path

from . import layout

# Enough of a company to talk about, installed in two minutes.
APPS = (
    "contacts",
    "crm",
    "sale_management",
    "purchase",
    "stock",
    "project",
    "calendar",
    "queue_job",
)


def manifest(addon: str) -> dict:
    """The manifest of one of the project's addons."""
    path = Path(layout.PROJECT, addon, "__manifest__.py")
    return ast.literal_eval(path.read_text())


def foreign_dependencies(addon: str) -> list[str]:
    """The modules outside the project that an addon needs, also by way of others."""
    ours, todo, foreign = set(), [addon], set()
    while todo:
        name = todo.pop()
        if name not in layout.addons():
            foreign.add(name)
        elif name not in ours:
            ours.add(name)
            todo += manifest(name)["depends"]
    return sorted(foreign)
