"""P1 to P8: calls of one client, and of four."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bootstrap.instance import Instance

from . import requests
from .turns import Scenario, measure, noise, ratio, spread

#: Calls of a block: long enough that the first after another scenario's weighs little.
_CALLS = 10
_FEW = 4
_CROWD = 4


@dataclass(slots=True)
class Figures:
    """What was measured.

    :param figures: by number of the goal
    :param between: the middle half of the rounds, where there are rounds
    :param noise: what should be 1, by what it is of
    :param notes: further lines for people
    :param raw: everything else, for the JSON file
    """

    figures: dict[str, float] = field(default_factory=dict)
    between: dict[str, tuple[float, float]] = field(default_factory=dict)
    noise: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def put(self, number: str, above: Scenario, below: Scenario) -> None:
        self.figures[number] = ratio(above, below)
        self.between[number] = spread(above, below)


def one_client(
    full: Instance,
    no_audit: Instance | None,
    rounds: int,
    seed: int,
    minutes: float,
    tell: Callable[[str], None],
) -> Figures:
    """Measure P1, P2, P5, P6 and P7."""
    small = [
        search := Scenario("search 80", requests.search(full, 80)),
        legacy := Scenario("search 80 in a session", requests.legacy_search(full, 80)),
        own := Scenario("/json/2 80", requests.json2(full, 80)),
        again := Scenario("/json/2 80 again", requests.json2(full, 80)),
        ping := Scenario("ping", requests.ping(full)),
        tools := Scenario("tools/list", requests.tools_list(full)),
        bare := Scenario("bare controller", requests.bare(full)),
        free := Scenario("open controller", requests.bare_open(full)),
    ]
    large = [
        search_1000 := Scenario("search 1,000", requests.search(full, 1000)),
        own_1000 := Scenario("/json/2 1,000", requests.json2(full, 1000)),
    ]
    if no_audit:
        small += [
            off := Scenario("search 80, no audit", requests.search(no_audit, 80)),
            own_off := Scenario("/json/2 80, no audit", requests.json2(no_audit, 80)),
        ]
    for limit in (80, 1000):
        _alike(full, limit)
    deadline = time.monotonic() + 60 * minutes
    settings = {"seed": seed, "deadline": deadline, "tell": tell}
    measure(small, rounds=rounds, calls=_CALLS, **settings)
    measure(large, rounds=rounds, calls=_FEW, **settings)
    found = Figures()
    found.put("P1", search, own)
    found.put("P2", search_1000, own_1000)
    found.put("P5", ping, bare)
    found.put("P6", tools, bare)
    pairs = {"/json/2 80": (again, own)}
    if no_audit:
        found.put("P7", search, off)
        pairs["/json/2 80 on both servers"] = (own, own_off)
    found.noise = noise(pairs)
    found.notes = [
        f"search of 80 records in a session ÷ /json/2: {ratio(legacy, own):.3f}",
        f"ping ÷ a controller that asks for no key: {ratio(ping, free):.2f}",
        f"tools/list ÷ a controller that asks for no key: {ratio(tools, free):.2f}",
    ]
    found.raw = _times([*small, *large])
    return found


def crowd(
    full: Instance,
    no_limit: Instance | None,
    rounds: int,
    seed: int,
    minutes: float,
    tell: Callable[[str], None],
) -> Figures:
    """Measure P3, P4 and P8."""
    scenarios = [
        one := Scenario("search 80, 1 client", requests.search(full, 80)),
        four := Scenario("search 80, 4 clients", requests.search(full, 80), _CROWD),
        own := Scenario("/json/2 80, 4 clients", requests.json2(full, 80), _CROWD),
        again := Scenario("/json/2 80 again", requests.json2(full, 80), _CROWD),
    ]
    if no_limit:
        scenarios += [
            free := Scenario("no limit", requests.search(no_limit, 80), _CROWD),
        ]
    measure(
        scenarios,
        rounds=rounds,
        calls=_CALLS,
        seed=seed,
        deadline=time.monotonic() + 60 * minutes,
        tell=tell,
    )
    found = Figures()
    found.put("P3", four, own)
    found.figures["P4"] = sum(four.rates) / sum(one.rates)
    if no_limit:
        found.put("P8", four, free)
    found.figures["P8b"] = four.quantile(99) / four.median
    found.noise = noise({"/json/2 80, 4 clients": (again, own)})
    found.raw = _times(scenarios)
    return found


def _alike(odoo: Instance, limit: int) -> None:
    """
    :raise AssertionError: the two are not answered with the same records
    """
    _seconds, answer = requests.search(odoo, limit).send()
    _seconds, own = requests.json2(odoo, limit).send()
    _seconds, session = requests.legacy_search(odoo, limit).send()
    expected = json.loads(own)
    assert len(expected) == limit, len(expected)
    assert requests.records(answer) == expected
    assert requests.records(session) == expected


def _times(scenarios):
    return {
        scenario.name: {
            "calls": len(scenario.times),
            "median_ms": 1000 * scenario.median,
            "p99_ms": 1000 * scenario.quantile(99),
        }
        for scenario in scenarios
    }
