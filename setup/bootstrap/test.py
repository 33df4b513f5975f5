"""setup/test: every test by one command."""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import layout, processes
from .console import Failure, Steps, main
from .suites import Bench, Outcome, Suite, run_suite, suites

_COMMAND = "setup/test"
_HELP = """\
Runs every test, or the suites that are named, and prints a summary.

What the tests need comes into .odoo/ as for setup/run; they work on databases of
their own and leave those of setup/run alone. With --jobs several suites run at once,
but for those that measure time: they come last, one by one.
"""


def _arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=_COMMAND,
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("suites", nargs="*", metavar="NAME", help="a suite (default: all the usual)")
    add("--list", action="store_true", help="list the suites")
    add(
        "--full",
        action="store_true",
        help="with the big counts (sets MCP_TEST_FULL=1 for the tests)",
    )
    add(
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="how many suites run at once (default: %(default)s)",
    )
    add(
        "--data",
        type=Path,
        default=layout.TEST_DATA,
        metavar="DIR",
        help="the folder of the tests' databases and logs (default: .odoo/test)",
    )
    return parser.parse_args(words)


def test() -> int:
    """The command; its exit code."""
    arguments = _arguments()
    known = {suite.name: suite for suite in suites()}
    if arguments.list:
        for suite in known.values():
            when = ", only where it is named" if suite.on_request else ""
            print(f"{suite.name:<14} {suite.about}{when}")
        return 0
    for name in arguments.suites:
        if name not in known:
            raise Failure(
                f"there is no suite {name}", f"the suites are {', '.join(known)}"
            )
    if arguments.full:
        os.environ["MCP_TEST_FULL"] = "1"
    if arguments.jobs < 1:
        raise Failure(f"--jobs {arguments.jobs} runs nothing", "say 1 or more")
    usual = [suite.name for suite in known.values() if not suite.on_request]
    chosen = [known[name] for name in dict.fromkeys(arguments.suites or usual)]
    bench = Bench(Steps(quiet=True), arguments.data.resolve())
    return _run(chosen, bench, arguments.jobs)


def _run(chosen: list[Suite], bench: Bench, jobs: int) -> int:
    begun = time.monotonic()
    pool = ThreadPoolExecutor(jobs)
    try:
        together = [suite for suite in chosen if not suite.alone]
        results = dict(
            zip(
                together,
                pool.map(lambda suite: _result(suite, bench), together),
                strict=True,
            )
        )
        for suite in chosen:
            if suite.alone:
                results[suite] = _result(suite, bench)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        # a suite that goes on would keep its thread, and with it this process
        processes.end_running()
        raise
    finally:
        pool.shutdown()
        bench.close()
    return _summarize(
        [(suite.name, *results[suite]) for suite in chosen], time.monotonic() - begun
    )


def _result(suite: Suite, bench: Bench) -> tuple[Outcome, float]:
    """What came of a suite, and how many seconds it took."""
    begun = time.monotonic()
    with bench.steps.step(suite.name) as step:
        outcome = run_suite(suite, bench, step)
        step.outcome = _words(outcome)
    for problem in outcome.problems:
        print(f"\n{suite.name}: {problem}\n", flush=True)
    return outcome, time.monotonic() - begun


def _words(outcome: Outcome) -> str:
    failed = outcome.failures
    return (
        f"{failed} of {outcome.tests} failed" if failed else f"{outcome.tests} passed"
    )


def _summarize(results: list[tuple[str, Outcome, float]], total: float) -> int:
    print(f"\n{'suite':<14}{'tests':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for name, outcome, seconds in results:
        print(
            f"{name:<14}{outcome.tests:>8}{outcome.failures:>8}"
            f"{outcome.skipped:>9}{seconds:>9.1f}"
        )
    failed = sum(outcome.failures for _, outcome, _ in results)
    passed = sum(outcome.tests for _, outcome, _ in results) - failed
    skipped = sum(outcome.skipped for _, outcome, _ in results)
    print(
        f"\n{passed} passed, {failed} failed, {skipped} skipped"
        f" in {total / 60:.0f} minutes",
        flush=True,
    )
    return 1 if failed else 0


if __name__ == "__main__":
    main(_COMMAND, test)
