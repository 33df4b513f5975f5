"""Which cost grows with what, and how: each size ten and a hundred times."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bootstrap.instance import Instance

from . import requests
from .servers import inside
from .turns import Scenario, measure, ratio
from .wire import Call

_ROUNDS, _CALLS = 20, 5


#: Of the first column.
_WIDTH = 30


@dataclass(frozen=True, slots=True)
class Size:
    """Something that there can be more of.

    :param what: how people call it
    :param name: of it in inside/grow.py, empty for the rows of an answer
    :param first: how many there are at first, about
    :param call: what might take longer then
    """

    what: str
    name: str
    first: int
    call: Callable[[Instance], Call]


_SIZES = (
    Size("access records", "access", 12, lambda odoo: requests.search(odoo, 80)),
    Size("sessions", "sessions", 100, lambda o: requests.legacy_search(o, 80)),
    Size("audit events", "events", 10_000, lambda o: requests.search(o, 80)),
    Size("tools, tools/call", "tools", 20, lambda odoo: requests.search(odoo, 80)),
)
#: Calls that a server has answered since it was started.
_ANSWERED = 100


def measured(odoo: Instance, seed: int, tell: Callable[[str], None]) -> list[str]:
    """Return lines of a table: times as ratios of those at the first size.

    Each is divided by /json/2 at the same time first: what the machine does meanwhile
    is no growth.
    """
    lines = [f"{'cost of a call with':<{_WIDTH}}{'×1':>8}{'×10':>8}{'×100':>8}"]
    lines += [_rows(odoo, seed, tell), _answered(odoo, seed, tell)]
    for size in _SIZES:
        there, costs = size.first, []
        for factor in (1, 10, 100):
            wanted = size.first * factor
            if more := wanted - there:
                odoo.shell(inside("grow"), what=size.name, count=more)
                there = wanted
            tell(f"{wanted:,} {size.what}")
            costs.append(_cost(odoo, size.call(odoo), requests.json2(odoo, 80), seed))
        lines.append(_line(f"{size.what} ({size.first:,})", costs))
    return lines


def _rows(odoo, seed, tell):
    costs = []
    for rows in (10, 100, 1000):
        tell(f"{rows} rows")
        probe, own = requests.search(odoo, rows), requests.json2(odoo, 10)
        costs.append(_cost(odoo, probe, own, seed))
    return _line("rows of the answer (10)", costs)


def _answered(odoo, seed, tell):
    probe, own = requests.search(odoo, 80), requests.json2(odoo, 80)
    one, there, costs = requests.search(odoo, 1), 0, []
    for factor in (1, 10, 100):
        tell(f"{_ANSWERED * factor:,} calls")
        for _turn in range(_ANSWERED * factor - there):
            one.send()
        there = _ANSWERED * factor
        costs.append(_cost(odoo, probe, own, seed))
    return _line(f"calls answered before ({_ANSWERED})", costs)


def _cost(odoo, probe, own, seed):
    above, below = Scenario("probe", probe), Scenario("own", own)
    measure(
        [above, below],
        rounds=_ROUNDS,
        calls=_CALLS,
        seed=seed,
        deadline=time.monotonic() + 60,
        tell=lambda text: None,
    )
    return ratio(above, below)


def _line(what, costs):
    return f"{what:<{_WIDTH}}" + "".join(f"{cost / costs[0]:>8.2f}" for cost in costs)
