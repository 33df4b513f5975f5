"""The program: what is asked for is measured, printed, and written."""

import argparse
import json
import os
import time
from dataclasses import asdict
from typing import Any

from bootstrap.console import Failure, Steps
from bootstrap.testbed import Testbed

from . import calls, growth, peers, report, servers, trail
from .calls import Figures
from .goals import GOALS

#: Beyond this, what is the same request twice differs too much.
_NOISE = 0.05


def run(arguments: argparse.Namespace, steps: Steps) -> int:
    """Measure, and return the exit code: 1 where a goal was missed.

    :raise Failure: the machine was too busy for the figures to mean anything
    """
    begun = time.time()
    testbed = Testbed(arguments.data.resolve(), settings=servers.DURABLE, steps=steps)
    with testbed:
        found = figures(testbed, arguments, steps)
    document = {
        "begun": begun,
        "machine": report.machine(),
        "options": _plain(vars(arguments)),
        "parts": {part: asdict(figures) for part, figures in found.items()},
    }
    if arguments.json:
        arguments.json.write_text(json.dumps(document, indent=1))
    print(report.table(found, arguments.only))
    noisy = {
        what: ratio
        for figures in found.values()
        for what, ratio in figures.noise.items()
        if abs(ratio - 1) > _NOISE
    }
    if noisy:
        told = ", ".join(f"{what} {ratio:.3f}" for what, ratio in noisy.items())
        raise Failure(
            f"too noisy: the same request took different times ({told})",
            "stop what else runs on this machine and run it again",
        )
    if arguments.results:
        report.write(found, document)
    return 0 if report.all_met(found, arguments.only) else 1


def figures(
    testbed: Testbed, arguments: argparse.Namespace, steps: Steps
) -> dict[str, Figures]:
    """Return by part all that is asked for, measured on the cluster of a test bed."""
    found: dict[str, Figures] = {}
    with steps.step("Database"):
        template = servers.template(testbed, arguments.partners)
    for part, goals in GOALS.items():
        wanted = [goal.number for goal in goals if goal.number in arguments.only]
        if wanted:
            with steps.step(f"Measuring {', '.join(wanted)}") as step:
                measure = _PARTS[part]
                found[part] = measure(testbed, template, arguments, wanted, step)
    if arguments.peers:
        with steps.step("Measuring other servers") as step:
            found["peers"] = _peers(testbed, template, arguments, step)
    if arguments.growth:
        with steps.step("Measuring growth") as step:
            found["growth"] = _growth(testbed, template, arguments, step)
    return found


def _calls(testbed, template, arguments, wanted, step) -> Figures:
    names = ["full", "no audit"] if "P7" in wanted else ["full"]
    with servers.running(testbed, template, names) as running:
        found = calls.one_client(
            running["full"],
            running.get("no audit"),
            arguments.rounds,
            arguments.seed,
            arguments.minutes,
            step.update,
        )
        found.notes.append(servers.check_switched_on(testbed, running["full"]))
    return found


def _crowd(testbed, template, arguments, wanted, step) -> Figures:
    names = ["full", "no limit"] if "P8" in wanted else ["full"]
    with servers.running(testbed, template, names) as running:
        found = calls.crowd(
            running["full"],
            running.get("no limit"),
            max(1, arguments.rounds // 2),
            arguments.seed,
            arguments.minutes,
            step.update,
        )
        found.notes.append(servers.check_switched_on(testbed, running["full"]))
    return found


def _growth(testbed, template, arguments, step) -> Figures:
    with servers.running(testbed, template, ["full"]) as running:
        lines = growth.measured(running["full"], arguments.seed, step.update)
    return Figures(notes=lines)


def _peers(testbed, template, arguments, step) -> Figures:
    log = arguments.data.resolve() / "log" / "peers.log"
    with servers.running(testbed, template, ["full"]) as running:
        lines, ratios = peers.measured(
            running["full"],
            log,
            arguments.rounds,
            arguments.seed,
            arguments.minutes,
            step,
        )
    return Figures(notes=lines, raw=ratios)


def _trail(testbed, template, arguments, wanted, step) -> Figures:
    return trail.long_trail(testbed, arguments.events, wanted, step.update)


_PARTS = {"calls": _calls, "crowd": _crowd, "trail": _trail}


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: os.fspath(value) if isinstance(value, os.PathLike) else value
        for name, value in options.items()
    }
