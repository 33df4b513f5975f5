"""Tens of thousands of requests that are wrong somewhere, from several callers at once.

MCP_TEST_FUZZ is how many, over both server modes; MCP_TEST_SEED repeats a run,
MCP_TEST_FUZZ_ONLY one request of it.
"""

import itertools
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from endpoint import Endpoint
from mutation import attack, errors_in

_COUNT = int(os.environ.get("MCP_TEST_FUZZ") or 50_000)
_ONLY = os.environ.get("MCP_TEST_FUZZ_ONLY")
_MODES = 2
_CALLERS = 8
_REPORT_EVERY = 1000


def test_whatever_is_wrong_is_answered_in_json_and_never_a_fault(
    request, server, seed, tell
):
    mode = request.node.callspec.id
    share = _COUNT // _MODES
    # the numbers of one mode are not those of the other
    first = share if mode == "prefork" else 0
    numbers = [int(_ONLY)] if _ONLY else range(first, first + share)
    which = f"MCP_TEST_FUZZ_ONLY={_ONLY}" if _ONLY else f"MCP_TEST_FUZZ={_COUNT}"
    command = f"MCP_TEST_SEED={seed} {which} setup/test fuzz"
    tell(f"fuzz: {mode}, {len(numbers)} requests; to repeat: {command}")
    log = Path(server.log)
    begin, begun = log.stat().st_size, time.monotonic()

    statuses = _attack(server, seed, numbers, tell)

    seconds = time.monotonic() - begun
    answers = ", ".join(f"{status}: {statuses[status]}" for status in sorted(statuses))
    tell(f"fuzz: {mode}, seed {seed}, {seconds:.0f} s; answers by status: {answers}")
    assert statuses.total() == len(numbers)
    if not _ONLY:
        assert {200, 202, 400} <= set(statuses)
    with Endpoint(server.url, server.keys["demo"]) as caller:
        assert caller.ask("ping") == {}
    assert errors_in(log, begin) == [], command


def _attack(server, seed, numbers, tell):
    """Return how often each status was answered; the first wrong answer ends it."""
    failures = []
    done = itertools.count(1)

    def work(share):
        statuses = Counter()
        # sessions of its own, so that a DELETE ends nobody else's
        with Endpoint(server.url, server.keys["demo"]) as caller:
            for number in share:
                if failures:
                    break
                try:
                    statuses[attack(caller, seed, number)] += 1
                except AssertionError as failure:
                    failures.append(failure)
                if (count := next(done)) % _REPORT_EVERY == 0:
                    tell(f"{count} of {len(numbers)}, seed {seed}")
        return statuses

    with ThreadPoolExecutor(_CALLERS) as callers:
        shares = [numbers[start::_CALLERS] for start in range(_CALLERS)]
        statuses = sum(callers.map(work, shares), Counter())
    if failures:
        raise failures[0]
    return statuses
