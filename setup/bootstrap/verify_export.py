"""setup/verify-export: an exported file, checked by itself."""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from . import layout
from .console import Failure, Steps, main
from .environment import Environment

_COMMAND = "setup/verify-export"
_HELP = """\
Checks a file that was exported from MCP's audit trail (MCP, Monitoring, Audit Exports):
that it is as it was made and, where it is one of JSON lines with all columns, that each
event is one that the server has sealed. Needs no Odoo and no database.

Without --key the key that comes with the file is taken. That proves that the file is
whole; whose key it is, only the administrators of the server can say: they find it as
<key>.pub.pem in the folder of the keys, and can give it to you once for all files.
"""
_NEEDED = ("cryptography", "orjson")


def verify() -> int:
    """The command; its exit code: 1 where the file is not as it was made.

    :raises Failure: the file or a key can't be read
    """
    parser = argparse.ArgumentParser(
        prog=_COMMAND,
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the ZIP file")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="PEM",
        help="a public key of the server; may be given several times",
    )
    options = parser.parse_args()
    _provide()
    # what of the addon needs no Odoo, from where it lies
    sys.path.insert(0, str(layout.PROJECT / "mcp_audit"))
    import event
    from sealing import exported, signing

    if not options.file.is_file():
        raise Failure(f"there is no file {options.file}", "name one that was exported")
    try:
        keys = dict(map(signing.read_public_key, options.key))
    except (OSError, ValueError) as error:
        raise Failure(
            f"a key can't be read ({error})", "name a file that ends in .pub.pem"
        ) from error
    report = exported.check(options.file, event.leaf, event.salted_digest, keys)
    _tell(report)
    return 1 if report.problems else 0


def _provide() -> None:
    """Goes on under a Python that has what is needed."""
    if all(map(importlib.util.find_spec, _NEEDED)):
        return
    environment = Environment("verify")
    if Path(sys.prefix) == environment.path:
        raise Failure("its packages are not complete", f"remove {environment.path}")
    with Steps().step("Python packages") as step:
        environment.build(step)
    words = [environment.python, "-m", "bootstrap.verify_export", *sys.argv[1:]]
    os.execv(environment.python, list(map(str, words)))


def _tell(report) -> None:
    told = report.manifest
    if told:
        print(f"Export {told.get('export')} of database {told.get('database')}")
        print(
            f"asked for by {told.get('requested_by')} at {told.get('requested_at')}, "
            f"{report.events} events"
        )
    if report.key:
        whose = (
            "a key that you gave" if report.trusted else "the key that comes with it"
        )
        print(f"signed with {report.key}, {whose}")
    if report.seals:
        print(
            f"{report.proved} events are proved by {report.seals} seals, "
            f"{report.unsealed} were not sealed yet"
        )
    elif told and not report.problems:
        print("no proofs: only JSON lines with all columns come with them")
    for problem in report.problems:
        print(f"WRONG: {problem}")
    print("not as it was made" if report.problems else "as it was made")


if __name__ == "__main__":
    main(_COMMAND, verify)
