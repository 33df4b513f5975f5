"""How quick a long audit trail is: `setup/test scale`, where it is asked for.

MCP_TEST_SCALE=<count> events, 5,000,000 by default, in a database of their own: about
4 GB and five minutes. What is printed are the times of what the web client asks for,
of appending, folding, sealing, verifying, exporting and retention. Nothing fails for
being slow, as machines differ: but an index that is not used makes a thousand times the
difference, and that fails.
"""

import os
import re
from pathlib import Path

import pytest

_EVENTS = int(os.environ.get("MCP_TEST_SCALE") or 5_000_000)
_INSIDE = Path(__file__).with_name("audit_scale.py")
#: In milliseconds; the goal is 10.
_SLOWEST = 100.0


@pytest.fixture
def instance():
    """An Odoo with a database of its own, which serves nothing."""
    from bootstrap import ports
    from bootstrap.instance import Instance

    instance = Instance.clone(channels="root:0")
    instance.server.configure(ports.any_free(), ports.any_free(), channels="root:0")
    yield instance
    instance.server.remove()


def test_a_long_trail_is_read_by_its_indexes(instance, tell):
    lines = instance.shell(_INSIDE.read_text(), events=_EVENTS)["lines"]
    for line in lines:
        tell(f"scale: {line}")
    pages = [
        (name, float(took))
        for name, took in re.findall(
            r"^(.+): ([\d.]+) ms, without the count", "\n".join(lines), re.MULTILINE
        )
    ]
    assert len(pages) > 20
    assert [page for page in pages if page[1] > _SLOWEST] == []
    states = [line for line in lines if line.startswith("verify")]
    assert len(states) == 2
    assert all(": intact" in line for line in states)
