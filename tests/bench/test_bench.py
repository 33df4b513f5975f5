"""Whether `setup/bench` measures, on a small database and for a few rounds.

How quick it is here tells nothing: other tests run beside, and nothing is written to
the disk at once.
"""

from bootstrap.console import Steps

from . import options, report, run

#: All that one server is enough for.
_WORDS = """
    --only P1,P2,P3,P4,P5,P6,P8,P9,P10,P11,P12 --rounds 2 --minutes 1
    --partners 3500 --events 20000
"""


def test_every_figure_is_measured(seed, tell):
    from bootstrap.testbed import Testbed

    arguments = options.read([*_WORDS.split(), "--seed", str(seed)])
    found = run.figures(Testbed.current(), arguments, Steps(quiet=True))
    tell(f"bench: {report.table(found, arguments.only)}")
    measured = {number for part in found.values() for number in part.figures}
    assert measured >= set(arguments.only)
    assert all(told["calls"] > 0 for told in found["calls"].raw.values())
