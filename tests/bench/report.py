"""Figures for people: a table, and tests/bench/RESULTS.md."""

import os
import platform
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from .calls import Figures
from .goals import GOALS, Goal, number

_INTRODUCTION = """\
# How fast it is

Written by `setup/bench --results`. Each round sends blocks of all requests, in a new
order, to servers that run at the same time, and gives a ratio of medians; “measured” is
the median of these ratios, “rounds” the middle half of them. Everything is switched on:
access records, the audit trail with fsync, the rate limit (with one that is not
reached).
"""
_RESULTS = Path(__file__).with_name("RESULTS.md")
#: From here on RESULTS.md is written by people, and stays as it is.
_BY_HAND = "## Where the time goes\n"


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
    lines += [f"     {note}" for note in _notes(found)]
    return "\n".join(lines)


def write(found: Mapping[str, Figures], document: Mapping[str, Any]) -> None:
    """Write RESULTS.md: what was measured, when, and on what."""
    told = document["machine"]
    day = date.fromtimestamp(document["begun"]).isoformat()
    options = document["options"]
    text = [
        _INTRODUCTION,
        f"{day}, {told['cores']} cores ({told['processor']}), {told['memory_gb']} GB,",
        f"{told['system']}, Python {told['python']}; prefork with 2 workers,",
        f"{options['partners']:,} partners, {options['rounds']} rounds,",
        f"{options['events']:,} audit events.",
        "",
        "| # | what | goal | measured | rounds | |",
        "|---|---|---|---|---|---|",
    ]
    for goal, figure, verdict in rows(found, [g.number for g in _all_goals()]):
        measured = "" if figure is None else number(figure)
        text.append(
            f"| {goal.number} | {goal.title} | {goal} | {measured} | "
            f"{_between(found, goal)} | {verdict} |"
        )
    text += ["", "```", *_notes(found), "```", ""]
    before = _RESULTS.read_text() if _RESULTS.exists() else ""
    _, title, by_hand = before.partition(_BY_HAND)
    _RESULTS.write_text("\n".join([*text, title + by_hand]))


def _all_goals():
    return [goal for goals in GOALS.values() for goal in goals]


def _notes(found):
    notes = [note for figures in found.values() for note in figures.notes]
    noise = ", ".join(
        f"{what} {ratio:.3f}"
        for figures in found.values()
        for what, ratio in figures.noise.items()
    )
    return [*notes, *([f"the same request twice: {noise}"] if noise else [])]
