"""The words after setup/bench."""

import argparse
from pathlib import Path

from bootstrap import layout

from .goals import GOALS

_HELP = """\
Starts servers with everything switched on, measures them against Odoo's own API in
blocks of calls by turns, and prints a table of goals. Nothing else should run on the
machine: where the same request, measured twice, differs by more than 5 %, the run fails
as too noisy.
"""


def read(words: list[str]) -> argparse.Namespace:
    """Return the options; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="setup/bench",
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--only",
        type=_numbers,
        default=[goal.number for part in GOALS.values() for goal in part],
        metavar="P1,P2",
        help="the goals to measure (default: all)",
    )
    add("--rounds", type=_count, default=60, help="turns of each (default: 60)")
    add(
        "--minutes",
        type=_count,
        default=20,
        help="how long the calls may take; the rounds end there (default: 20)",
    )
    add(
        "--partners",
        type=_count,
        default=20_000,
        help="records to search in (default: 20000)",
    )
    add(
        "--events",
        type=_count,
        default=1_000_000,
        help="of the audit trail for P9 to P12 (default: 1000000; the goals are of"
        " 5000000)",
    )
    add("--growth", action="store_true", help="how costs grow with sizes, too")
    add(
        "--peers",
        action="store_true",
        help="two other MCP servers for Odoo from PyPI, too",
    )
    add("--seed", type=int, default=0, help="of the order of turns")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    add(
        "--results",
        action="store_true",
        help="write tests/bench/RESULTS.md anew",
    )
    add(
        "--data",
        type=Path,
        default=layout.HOME / "bench",
        metavar="DIR",
        help="the folder of its databases and logs (default: .odoo/bench)",
    )
    return parser.parse_args(words)


def _numbers(text: str) -> list[str]:
    """Return goals by their numbers; P8 means P8b as well."""
    known = [goal.number for part in GOALS.values() for goal in part]
    chosen = []
    for word in text.upper().split(","):
        found = [name for name in known if name.upper().rstrip("B") == word.rstrip("B")]
        if not found:
            raise argparse.ArgumentTypeError(
                f"there is no {word}; there are {', '.join(known)}"
            )
        chosen += found
    return list(dict.fromkeys(chosen))


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)
