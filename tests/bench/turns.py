"""Measuring by turns, so that what slows the machine slows everything alike."""

import random
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .wire import Call


@dataclass(slots=True)
class Scenario:
    """A request that is measured.

    :param name: what its times go by
    :param call: the request
    :param clients: how many send it at the same time
    :param times: of each call, in seconds
    :param rates: calls per second of each block
    """

    name: str
    call: Call
    clients: int = 1
    times: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    def quantile(self, hundredth: int) -> float:
        """Return the time that so many of a hundred calls do not exceed."""
        return statistics.quantiles(self.times, n=100)[hundredth - 1]

    def run(self, calls: int) -> None:
        """Send so many calls of each client, and keep their times."""
        begun = time.perf_counter()
        if self.clients == 1:
            taken = [self.call.send()[0] for _turn in range(calls)]
        else:
            taken = self._crowd(calls)
        self.rates.append(len(taken) / (time.perf_counter() - begun))
        self.medians.append(statistics.median(taken))
        self.times += taken

    def _crowd(self, calls: int) -> list[float]:
        taken: list[float] = []
        failures: list[BaseException] = []

        def client() -> None:
            try:
                taken.extend([self.call.send()[0] for _turn in range(calls)])
            except BaseException as failure:  # noqa: BLE001 raised again below
                failures.append(failure)

        threads = [threading.Thread(target=client) for _number in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return taken


def measure(
    scenarios: Sequence[Scenario],
    *,
    rounds: int,
    calls: int,
    seed: int,
    deadline: float,
    tell: Callable[[str], None],
) -> int:
    """Run blocks of *calls* of each scenario by turns, in a new order each round.

    :param deadline: of ``time.monotonic()``, after which no round is begun
    :return: how many rounds were run
    """
    order = random.Random(seed)
    for scenario in scenarios:
        # each worker loads what it needs at its first calls
        for _turn in range(12):
            scenario.call.send()
    for number in range(rounds):
        if time.monotonic() > deadline:
            return number
        tell(f"round {number + 1} of {rounds}")
        for scenario in order.sample(scenarios, len(scenarios)):
            scenario.run(calls)
    return rounds


def _of_rounds(above: Scenario, below: Scenario) -> list[float]:
    return [a / b for a, b in zip(above.medians, below.medians, strict=True)]


def ratio(above: Scenario, below: Scenario) -> float:
    """Return how many times as long *above* takes, in the middle one of the rounds.

    What is divided was measured within a second or two: a machine that others share is
    quick for some rounds and slow for others, and the medians of all calls would be of
    different ones.
    """
    return statistics.median(_of_rounds(above, below))


def spread(above: Scenario, below: Scenario) -> tuple[float, float]:
    """Return between which ratios the middle half of the rounds was."""
    ratios = sorted(_of_rounds(above, below))
    quarter = len(ratios) // 4
    return ratios[quarter], ratios[-1 - quarter]


def noise(pairs: Mapping[str, tuple[Scenario, Scenario]]) -> dict[str, float]:
    """Return the ratio of each pair of scenarios that are the same request."""
    return {name: ratio(*pair) for name, pair in pairs.items()}
