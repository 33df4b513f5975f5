"""The options of setup/run, and its help."""

import argparse
from pathlib import Path

from . import layout

COMMAND = "setup/run"
PORT = 8069
_HELP = """\
Starts an Odoo 19 with demo data that speaks MCP, and prints how to connect.

The first run downloads Odoo, its Python packages and PostgreSQL into .odoo/ and
takes a few minutes; later ones take seconds. Nothing else on the machine changes.
Ctrl-C stops everything.
"""
_NOTES = """\
environment:
  PYTHON      the Python to use, 3.10 to 3.13
  ODOO_HOME   an Odoo 19 of your own (odoo-bin, odoo/, addons/)
  PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, ...
              a PostgreSQL of your own, as a role that may create databases
"""


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """The options; a wrong one ends the process with a line on what it should be."""
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description=_HELP,
        epilog=_NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--detach",
        action="store_true",
        help="start in the background and print one line of JSON: url, web_url,"
        " database, keys (fresh ones, by login)",
    )
    add("--stop", action="store_true", help="stop what runs in the background")
    add(
        "--reset",
        action="store_true",
        help="begin with a new database; with --stop, only remove the old one",
    )
    add(
        "--new-keys",
        action="store_true",
        help="replace the keys of admin and demo, and show the new ones",
    )
    add("--port", type=_port, help=f"of HTTP (default: {PORT})")
    add(
        "--workers",
        type=_count,
        default=0,
        metavar="N",
        help="processes that serve HTTP (default: 0, one process with threads, where"
        " the web client's live updates need no proxy)",
    )
    add(
        "--data",
        type=Path,
        default=layout.RUN_DATA,
        metavar="DIR",
        help="the folder of this instance, for several side by side",
    )
    add(
        "--addons",
        type=_folder,
        metavar="DIR",
        help="a folder of addons of your own, which are installed too, and updated"
        " when they have changed; to be given at each start",
    )
    return parser.parse_args(words)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port (1 to 65535)")
    return int(text)


def _folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not layout.addons(path):
        raise argparse.ArgumentTypeError(
            f"{path} has no addons: it holds one folder with a __manifest__.py for each"
        )
    return path


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is no number of processes")
    return int(text)
