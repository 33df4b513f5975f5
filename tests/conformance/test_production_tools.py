"""The scenarios that need no fixture, against nothing but what a customer installs.

The others call tools, prompts and resources by the names that the suite prescribes.
"""

import json
import os
import subprocess

import pytest

_SCENARIOS = {
    "2025-11-25": [
        "server-initialize",
        "server-session-lifecycle",
        "ping",
        "logging-set-level",
        "tools-list",
        "resources-list",
        "prompts-list",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
    ],
    "2026-07-28": [
        # discovery, _meta, versions, headers, retired methods, errors in JSON
        "server-stateless",
        "http-header-validation",
        "tools-list",
        "resources-list",
        "prompts-list",
        "sep-2164-resource-not-found",
        "caching",
        "input-required-result-unsupported-methods",
        "input-required-result-validate-input",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
    ],
}
#: The checks of a scenario which look for a fixture and tell that there is none.
_WANT_A_FIXTURE = {
    "server-stateless": {
        "sep-2575-server-rejects-undeclared-capability",
        "sep-2575-missing-capability-http-400",
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-server-no-log-without-loglevel",
    }
}
#: Of the suite itself: it passes whatever is answered, as long as it is well-formed.
_ALWAYS = "wire-schema-valid"


@pytest.mark.parametrize(
    ("revision", "scenario"),
    [(revision, name) for revision, names in _SCENARIOS.items() for name in names],
)
def test_it_passes_without_fixtures(
    suite, production_server, revision, scenario, tmp_path
):
    run = subprocess.run(
        [*suite, "--url", production_server.url, "--scenario", scenario]
        + ["--spec-version", revision, "-o", tmp_path],
        env={**os.environ, "MCP_KEY": production_server.keys["demo"]},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    [report] = tmp_path.rglob("checks.json")
    checks = json.loads(report.read_text())
    not_testable = {
        check["id"]
        for check in checks
        if check.get("errorMessage", "").startswith("Not testable")
    }
    assert not_testable == _WANT_A_FIXTURE.get(scenario, set())
    told = [check for check in checks if check["id"] not in not_testable]
    wrong = [check for check in told if check["status"] in ("FAILURE", "WARNING")]
    assert wrong == [], run.stdout
    passed = {check["id"] for check in told if check["status"] == "SUCCESS"}
    assert passed - {_ALWAYS}, run.stdout
