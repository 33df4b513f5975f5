"""The official conformance suite in every revision, with no failure expected.

The key of a demo user is added to its requests by preload.mjs: the suite itself sends
no credentials. It tells scenarios that a revision requires from those that it only
reports (extensions such as tasks): the former are counted here, so that a scenario
which silently is not run is noticed.
"""

import os
import re
import subprocess

import pytest

_SCENARIO = re.compile(r"^(✓|✗) ([\w-]+): \d+ passed, \d+ failed$", re.MULTILINE)
_NOT_SCORED = re.compile(r"^  [✓✗] ([\w-]+) \(", re.MULTILINE)

_RUNS = {
    "2026-07-28": (["--requirements", "2026-07-28"], 37),
    "2025-11-25": (["--requirements", "2025-11-25"], 30),
    "2025-06-18": (["--suite", "all", "--spec-version", "2025-06-18"], 20),
    "2025-03-26": (["--suite", "all", "--spec-version", "2025-03-26"], 1),
}


@pytest.mark.parametrize("revision", _RUNS)
def test_every_required_scenario_passes(suite, server, revision, tmp_path):
    selection, at_least = _RUNS[revision]
    run = subprocess.run(
        [*suite, "--url", server.url, *selection, "-o", tmp_path],
        env={**os.environ, "MCP_KEY": server.keys["demo"]},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    not_scored = set(_NOT_SCORED.findall(run.stdout))
    scored = {
        name: mark == "✓"
        for mark, name in _SCENARIO.findall(run.stdout)
        if name not in not_scored
    }
    print(f"{revision}: {sum(scored.values())} of {len(scored)} required scenarios")
    assert [name for name, passed in scored.items() if not passed] == [], run.stdout
    assert len(scored) >= at_least
    assert run.returncode == 0, run.stdout + run.stderr
