"""Counts and seeds, the same for every suite below.

`setup/test protocol` and `setup/test live` run the suites; so does plain pytest, in an
environment with setup/requirements/test.in:

    pytest tests/protocol
    pytest tests/live

The live suite starts a real Odoo on a clone of a template database, once with threads
and once with worker processes. It is pointed at a server that already runs by

    MCP_TEST_URL            the endpoint, http://127.0.0.1:8069/mcp
    MCP_TEST_KEY_ADMIN      a key of the user admin
    MCP_TEST_KEY_DEMO       a key of the user demo, in MCP / User
    MCP_TEST_DATABASE       the name of the database, "odoo" by default
    MCP_TEST_PASSWORD_ADMIN the password of the user admin, "admin" by default

What needs access to the server's own database is then skipped. The suite makes users
and keys on the server and archives or removes them again. Such a server has to be
without limits (Settings, MCP Security: a rate of 0, 100 open questions): the tests are
faster than any client. In the template database they are switched off, see PARAMETERS
in setup/bootstrap/testbed.py, and switched on by the tests of the limits alone.

Random tests print their seed; MCP_TEST_SEED=<seed> repeats them. MCP_TEST_FULL=1 runs
twenty times as many cases. `setup/test fuzz` sends MCP_TEST_FUZZ=<count> requests,
50,000 by default, or MCP_TEST_FUZZ_ONLY=<number>, one of those of a seed. `setup/test
differential` compares MCP_TEST_DIFFERENTIAL=<count> reads and writes, 1,500 by default,
or MCP_TEST_DIFFERENTIAL_ONLY=<number>. `setup/test jobs` fails where a job costs more
than tests/jobs/baseline.json says, which MCP_TEST_JOBS_BASELINE=1 writes anew.
`setup/test security` times MCP_TEST_TIMING=<count> refusals of each kind, 15 by
default.
"""

import os
import random

import hypothesis
import pytest

FULL = os.environ.get("MCP_TEST_FULL", "") not in ("", "0")
SEED = int(os.environ.get("MCP_TEST_SEED") or random.SystemRandom().getrandbits(32))
_FACTOR = 20 if FULL else 1

hypothesis.settings.register_profile(
    "mcp",
    max_examples=100 * _FACTOR,
    deadline=2000,
    database=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("mcp")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = str(SEED)


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    seed = config.getoption("--hypothesis-seed")
    full = "MCP_TEST_FULL=1 " if FULL else ""
    suites = " ".join(config.args)
    terminalreporter.write_line(
        f"seed {seed}; to repeat: {full}MCP_TEST_SEED={seed} pytest {suites}"
    )


@pytest.fixture(scope="session")
def cases():
    """Return how many cases a random test runs: *cases(n)*, 20n in full runs."""
    return lambda count: count * _FACTOR


@pytest.fixture(scope="session")
def seed():
    """The seed of this run, for tests that draw without hypothesis."""
    return SEED


@pytest.fixture(scope="session")
def tell(request):
    """Write a line at once, whatever pytest captures.

    What begins with the name of the suite ("fuzz: ") is shown by setup/test as well.
    """
    plugins = request.config.pluginmanager
    reporter = plugins.get_plugin("terminalreporter")
    capture = plugins.get_plugin("capturemanager")

    def tell(line):
        with capture.global_and_fixture_disabled():
            reporter.write(f"\n{line}\n", flush=True)

    return tell
