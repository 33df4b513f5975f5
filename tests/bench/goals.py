"""What is measured, in one line each, and what it has to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach.

    :param number: what it is asked for by, ``P1``
    :param title: what is divided by what
    :param bound: the figure may not be beyond it
    :param at_least: the bound is a minimum, not a maximum
    :param unit: of the figure; a ratio has none
    """

    number: str
    title: str
    bound: float
    at_least: bool = False
    unit: str = ""

    def is_met(self, figure: float) -> bool:
        return figure >= self.bound if self.at_least else figure <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {number(self.bound)}{self.unit and ' ' + self.unit}"


#: By part: the figures of a part are measured together.
GOALS = {
    "calls": (
        Goal("P1", "search of 80 records ÷ /json/2 search_read", 0.65),
        Goal("P2", "search of 1,000 records ÷ /json/2 search_read", 0.35),
        Goal("P5", "ping ÷ a bare controller", 1.3),
        Goal("P6", "tools/list ÷ a bare controller", 1.4),
        Goal("P7", "search of 80 records, audit on ÷ off", 1.15),
    ),
    "crowd": (
        Goal("P3", "search of 80 records ÷ /json/2, 4 clients", 0.60),
        Goal("P4", "calls per second of 4 clients ÷ 1 client", 1.8, at_least=True),
        Goal("P8", "rate limit on ÷ off, 4 clients", 1.08),
        Goal("P8b", "the slowest of 100 calls ÷ the median, 4 clients", 3),
    ),
    "trail": (
        Goal("P9", "appending to the full trail ÷ to an empty one", 1.15),
        Goal("P10", "the auditor's slowest page of the full trail", 10, unit="ms"),
        Goal("P11", "retention", 200_000, at_least=True, unit="events/s"),
        Goal("P11b", "a batch of retention", 50, unit="ms"),
        Goal("P12", "export to JSONL", 30_000, at_least=True, unit="events/s"),
        Goal("P12b", "memory that the export takes", 200, unit="MB"),
    ),
}


def number(figure: float) -> str:
    """Return a figure as people read it.

    >>> number(0.6512), number(37.21), number(123456.7)
    ('0.651', '37.2', '123,457')
    """
    digits = 0 if abs(figure) >= 1000 else 1 if abs(figure) >= 10 else 3
    text = f"{figure:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
