"""Figures for people: a table, and tests/bench/RESULTS.md."""

import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .calls import Figures
from .goals import GOALS, Goal, number

_RESULTS = Path(__file__).with_name("RESULTS.md")


def machine() -> dict[str, Any]:
    """Return what kind of machine this is, without a name of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / (1 << 30)),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return "unknown"


def rows(
    found: Mapping[str, Figures], only: Iterable[str]
) -> list[tuple[Goal, float | None, str]]:
    """Return each goal with its figure, and whether that meets it."""
    only = set(only)
    lines = []
    for part, goals in GOALS.items():
        figures = found[part].figures if part in found else {}
        for goal in goals:
            if goal.number not in only:
                continue
            figure = figures.get(goal.number)
            verdict = "not measured"
            if figure is not None:
                verdict = "met" if goal.is_met(figure) else "missed"
            lines.append((goal, figure, verdict))
    return lines


def all_met(found: Mapping[str, Figures], only: Iterable[str]) -> bool:
    return all(verdict == "met" for _goal, _figure, verdict in rows(found, only))


def _between(found: Mapping[str, Figures], goal: Goal) -> str:
    for figures in found.values():
        if goal.number in figures.between:
            low, high = figures.between[goal.number]
            return f"{low:.2f} – {high:.2f}"
    return ""


def table(found: Mapping[str, Figures], only: Iterable[str]) -> str:
    """Return what is printed."""
    lines = [f"\n{'':5}{'what':<52}{'goal':>18}{'measured':>11}{'rounds':>14}  verdict"]
    for goal, figure, verdict in rows(found, only):
        measured = "" if figure is None else number(figure)
        lines.append(
            f"{goal.number:<5}{goal.title:<52}{goal!s:>18}{measured:>11}"
            f"{_between(found, goal):>14}  {verdict}"
        )
    for figures in found.values():
        lines += [f"     {note}" for note in figures.notes]
    noise = ", ".join(
        f"{what} {ratio:.3f}"
        for figures in found.values()
        for what, ratio in figures.noise.items()
    )
    if noise:
        lines.append(f"     the same request twice (0.95 – 1.05): {noise}")
    return "\n".join(lines)
