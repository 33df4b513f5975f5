"""Durations counted in fixed buckets, which can be added up: days, users and tools.

Plain Python. PostgreSQL counts by the same bounds and the same comparison, by its
``width_bucket``. A duration belongs into the bucket whose lower bound it reaches.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

#: Eight steps to a decade, each about a third above the one before.
_STEPS = (10, 13, 18, 24, 32, 42, 56, 75)
#: Where a bucket ends and the next one begins, in milliseconds: 1 ms to 10 minutes.
BOUNDS: tuple[float, ...] = tuple(
    [step * 10**decade / 10 for decade in range(6) for step in _STEPS][:46]
    + [600_000.0]
)
#: How many buckets there are: the first is below 1 ms, the last from 10 minutes on.
SIZE = len(BOUNDS) + 1
#: By what part of itself a quantile between 1 ms and 10 minutes may be wrong at most.
ERROR = max(high / low - 1 for low, high in pairwise(BOUNDS))


def bucket(duration: float) -> int:
    """Return the index of the bucket of a duration in milliseconds."""
    return bisect_right(BOUNDS, duration)


def added(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Return the histogram of what two histograms have counted."""
    return [a + b for a, b in zip(one, other, strict=True)]


def quantile(counts: Sequence[int], part: float) -> float | None:
    """Return the duration that a part of all does not exceed, in milliseconds.

    It is in the same bucket as the true one (the one of rank ``ceil(part * n)``), at
    the place that it has if those of a bucket lie at equal distances. Of durations of
    more than 10 minutes only that is said.

    :param part: 0.95 for the 95th percentile
    :return: ``None`` where nothing was counted
    """
    total = sum(counts)
    if not total:
        return None
    rank = max(1, math.ceil(part * total))
    index = bisect_left(tuple(accumulate(counts)), rank)
    if index == len(BOUNDS):
        return BOUNDS[-1]
    low = BOUNDS[index - 1] if index else 0.0
    place = rank - sum(counts[:index]) - 0.5
    return low + (BOUNDS[index] - low) * place / counts[index]
