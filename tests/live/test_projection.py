"""The figures of the trail, folded while sixteen append and who folds is killed.

MCP_TEST_STORM=<count> transactions, 2,000 by default.
"""

import os
from pathlib import Path

import pytest

_TRANSACTIONS = int(os.environ.get("MCP_TEST_STORM") or 2_000)
_STORM = Path(__file__).with_name("projection_storm.py")


@pytest.fixture
def instance():
    """An Odoo with a database of its own, which serves nothing."""
    from bootstrap import ports
    from bootstrap.instance import Instance

    instance = Instance.clone(channels="root:0")
    instance.server.configure(ports.any_free(), ports.any_free(), channels="root:0")
    yield instance
    instance.server.remove()


def test_nothing_is_lost_and_nothing_counted_twice(instance, seed, tell):
    result = instance.shell(_STORM.read_text(), seed=seed, transactions=_TRANSACTIONS)
    counts = result["counts"]
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    tell(f"live: projection, seed {seed}: {told}")
    assert result["errors"] == []
    assert result["differences"] == []
    assert result["calls"] == result["before"] + counts["requests"]
    # the storm was one
    assert min(counts[name] for name in ("kills", "rolled back")) > 10
