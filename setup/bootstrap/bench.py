"""setup/bench: how fast this server is, as ratios, by one command.

What is measured, and how, is in tests/bench.
"""

import sys

from . import layout, toolchain
from .console import Steps, main

_COMMAND = "setup/bench"


def bench() -> int:
    """The command; its exit code."""
    sys.path.append(str(layout.PROJECT / "tests"))
    from bench import options

    arguments = options.read(sys.argv[1:])
    steps = Steps(quiet=True)
    toolchain.provide(steps).activate()
    # psycopg2 is of the toolchain
    from bench.run import run

    return run(arguments, steps)


if __name__ == "__main__":
    main(_COMMAND, bench)
