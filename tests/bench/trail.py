"""P9 to P12: a long audit trail."""

from collections.abc import Callable
from pathlib import Path

from bootstrap import ports
from bootstrap.instance import Instance
from bootstrap.testbed import Testbed

from .calls import Figures

_INSIDE = Path(__file__).parent.with_name("scale") / "audit_scale.py"
_FIGURES = {
    "P9": "append",
    "P10": "page",
    "P11": "retention",
    "P11b": "retention_batch",
    "P12": "export_jsonl",
    "P12b": "export_jsonl_memory",
}


def long_trail(
    testbed: Testbed, events: int, wanted: list[str], tell: Callable[[str], None]
) -> Figures:
    """Fill a trail with so many events, and measure all that there is to it."""
    tell(f"{events:,} events")
    instance = Instance.clone(channels="root:0", testbed=testbed)
    try:
        instance.server.configure(ports.any_free(), ports.any_free(), channels="root:0")
        told = instance.shell(_INSIDE.read_text(), events=events)
    finally:
        instance.server.remove()
    figures = {number: told["figures"][_FIGURES[number]] for number in wanted}
    return Figures(figures=figures, notes=told["lines"], raw=told["figures"])
