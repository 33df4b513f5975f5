"""The suites of setup/test. To add one, add a line to `suites`."""

import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from . import layout, lint, ports
from .console import Failure, Step, Steps, say
from .environment import Environment
from .processes import clean_environment, run

#: A library of mail's that Debian leaves out of its package, for its licence: Odoo says
#: so wherever it builds the web client with mail.
_KNOWN_ERROR = "selfie_segmentation"
_ODOO_RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


@dataclass(slots=True)
class Outcome:
    """tests: how many were run, the skipped not among them; problems: what to show
    of those that failed."""

    tests: int = 0
    failures: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Suite:
    """One line of the summary; `run` does the tests.

    on_request: not part of a run of all; alone: measures time, so nothing else runs
    beside it
    """

    name: str
    about: str
    run: Callable[["Bench", Step], Outcome]
    on_request: bool = False
    alone: bool = False


class Bench:
    """What the suites work with, several at once, each thing made when it is first
    asked for."""

    def __init__(self, steps: Steps, data: Path):
        self.steps = steps
        self.data = data
        self._environment: Environment | None = None
        self._testbed = None
        self._making = threading.Lock()

    @property
    def python(self) -> Path:
        """The Python that has the test tools."""
        with self._making:
            if self._environment is None:
                environment = Environment("test")
                with self.steps.step("Test environment") as step:
                    environment.build(step)
                self._environment = environment
            return self._environment.python

    @property
    def testbed(self):
        """The open testbed.Testbed."""
        with self._making:
            if self._testbed is None:
                from . import toolchain

                toolchain.provide(self.steps).activate()
                from .testbed import Testbed

                testbed = Testbed(self.data, steps=self.steps)
                testbed.open()
                self._testbed = testbed
            return self._testbed

    def log(self, name: str) -> Path:
        """A new log for a suite."""
        path = self.data / "log" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        return path

    def close(self) -> None:
        """Closes the test bed, where one was opened."""
        if self._testbed:
            self._testbed.close()


def suites() -> list[Suite]:
    """Every suite, in the order they are run."""
    return [
        Suite("lint", "style, manifests, what must not be written", _lint),
        _pytest("protocol", "mcp_core/protocol, plain Python"),
        *(_odoo(addon) for addon in layout.addons()),
        _pytest("live", "clients against running servers", servers=True),
        _pytest("security", "what answers give away", servers=True, alone=True),
        _pytest("clients", "the official SDKs and the stdio bridge", servers=True),
        _pytest("jobs", "a company's work by tools and answers alone", servers=True),
        _pytest("differential", "MCP against Odoo's own API", servers=True),
        _pytest("browser", "the screens in a browser", servers=True),
        _pytest("faults", "the audit trail, whatever dies", servers=True),
        _pytest("subsets", "some of the addons without the others", servers=True),
        _pytest("packages", "wheels, for an Odoo that has none of it", servers=True),
        _pytest("soak", "minutes or hours of ordinary use", servers=True),
        _pytest("bench", "whether speed can be measured", servers=True, alone=True),
        _pytest("conformance", "the official suite against a server", servers=True),
        _pytest("fuzz", "50,000 wrong requests", servers=True, on_request=True),
        _pytest(
            "scale", "5,000,000 audit events", servers=True, on_request=True, alone=True
        ),
    ]


def _lint(bench: Bench, step: Step) -> Outcome:
    outcome = Outcome()
    log = bench.log("lint")
    for check in lint.CHECKS:
        title = check.__doc__.splitlines()[0]
        step.update(title)
        outcome.tests += 1
        if problem := check(bench.python, log):
            outcome.failures += 1
            outcome.problems.append(f"{title}\n{problem}")
    return outcome


def pictures() -> Suite:
    """The part of the suite browser that takes the pictures of the descriptions."""
    file = "test_pictures.py"
    return _pytest("browser", "pictures of the screens", servers=True, file=file)


def _pytest(
    name: str,
    about: str,
    servers: bool = False,
    on_request: bool = False,
    alone: bool = False,
    file: str = "",
) -> Suite:
    """The suite of tests/<name>; `servers`: its tests start Odoo servers; `file`: the
    only one to run.

    A line of its output that begins with its name is shown, others pass by.
    """

    def tests(bench: Bench, step: Step) -> Outcome:
        folder = layout.PROJECT / "tests" / name / file
        if not folder.exists():
            return Outcome()
        if servers:
            bench.testbed.live_template()
        report = bench.data / "log" / f"{name}.xml"
        report.unlink(missing_ok=True)
        log = bench.log(name)

        def show(line: str) -> None:
            if line.startswith(f"{name}: "):
                step.erase()
                say(line)
            elif line:
                step.update(line)

        passed_on = {
            key: value
            for key, value in os.environ.items()
            if key.startswith(("PG", "MCP_TEST_")) or key == "ODOO_HOME"
        } | {
            "PYTHONPATH": str(layout.SETUP),
            "PYTHONDONTWRITEBYTECODE": "1",
            # --data counts, whatever the caller's own environment says
            "MCP_TEST_DATA": str(bench.data),
        }
        code, lines = run(
            [bench.python, "-m", "pytest", folder, "-q", "--color=no"]
            + [f"--junitxml={report}", "-o", f"cache_dir={bench.data}/pytest"],
            what=name,
            log=log,
            cwd=layout.PROJECT,
            env=clean_environment(**passed_on),
            on_line=show,
            check=False,
        )
        outcome = _read_report(report)
        if code and not outcome.failures and outcome.tests:
            outcome.failures = 1
        if code:
            outcome.problems.append("\n".join([*lines[-80:], f"all of it: {log}"]))
        return outcome

    return Suite(name, about, tests, on_request, alone)


def _read_report(report: Path) -> Outcome:
    try:
        (suite,) = ElementTree.parse(report).getroot().iter("testsuite")
    except (OSError, ValueError, ElementTree.ParseError):
        return Outcome()
    count = {
        key: int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")
    }
    return Outcome(
        tests=count["tests"] - count["skipped"],
        failures=count["failures"] + count["errors"],
        skipped=count["skipped"],
    )


def _odoo(addon: str) -> Suite:
    """The suite of an addon's own tests, in a database with nothing else."""

    def tests(bench: Bench, step: Step) -> Outcome:
        server = bench.testbed.clone(bench.testbed.addon_template(addon))
        server.log = bench.log(addon)
        try:
            server.configure(ports.any_free(), ports.any_free(), channels="root:0")
            code, lines = server.command(
                [f"--init={addon}", f"--test-tags=/{addon}", "--stop-after-init"]
                + ["--workers=0", "--max-cron-threads=0"],
                on_line=lambda line: step.update(line.rpartition(": ")[2]),
            )
        finally:
            server.remove()
        return _read_log(server.log, code, lines)

    return Suite(addon, f"Odoo tests of {addon}", tests)


def _read_log(log: Path, code: int, lines: list[str]) -> Outcome:
    text = log.read_text(errors="replace")
    outcome = Outcome()
    for failed, errors, tests in _ODOO_RESULT.findall(text):
        outcome.failures += int(failed) + int(errors)
        outcome.tests += int(tests)
    wrong = [
        line
        for line in text.splitlines()
        if (" ERROR " in line or " CRITICAL " in line) and _KNOWN_ERROR not in line
    ]
    if (code or wrong) and not outcome.failures:
        outcome.failures = 1
        outcome.tests = max(outcome.tests, 1)
    if outcome.failures:
        told = _told_failures(text) or lines[-40:]
        outcome.problems.append("\n".join([*told, f"all of it: {log}"]))
    return outcome


def _told_failures(text: str) -> list[str]:
    """The lines of the log that tell of errors, with the tracebacks below them."""
    told, telling = [], False
    for line in text.splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):
            telling = " ERROR " in line or " CRITICAL " in line
        if telling:
            told.append(line)
    return told[:200]


def run_suite(suite: Suite, bench: Bench, step: Step) -> Outcome:
    """Runs a suite; what stops it short counts as one failed test."""
    try:
        outcome = suite.run(bench, step)
    except Failure as failure:
        return Outcome(tests=1, failures=1, problems=[str(failure)])
    if not outcome.tests and not outcome.failures:
        outcome.failures = outcome.tests = 1
        outcome.problems.append("it ran no test")
    return outcome
