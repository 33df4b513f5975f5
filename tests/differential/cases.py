"""Running many cases, several callers at once, and telling what came of them."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

_ONLY = os.environ.get("MCP_TEST_DIFFERENTIAL_ONLY")
_CALLERS = 4
_SHOWN = 12
_LOGINS = ("demo", "poor", "admin")


def run(house, kind, count, seed, compare):
    """Return how often there was each verdict, and what to show of the wrong ones.

    :param str kind: of the cases, a word
    :param int count: how many
    :param compare: called with a random.Random and people by login, returns a verdict
        ("WRONG: …" where it is one) and the words for the case
    """
    numbers = [int(_ONLY)] if _ONLY else range(count)
    wrong = []

    def work(share):
        people = {login: house.person(login) for login in _LOGINS}
        verdicts = Counter()
        for number in share:
            draw = random.Random(f"{kind}/{seed}/{number}")
            verdict, case = compare(draw, people)
            verdicts[verdict.partition(":")[0]] += 1
            if verdict.startswith("WRONG"):
                wrong.append(
                    f"{verdict}\n  {case}\n  to repeat: MCP_TEST_SEED={seed} "
                    f"MCP_TEST_DIFFERENTIAL_ONLY={number} setup/test differential"
                )
        for person in people.values():
            person.mcp.__exit__()
            person.json2.__exit__()
        return verdicts

    with ThreadPoolExecutor(_CALLERS) as callers:
        shares = [numbers[start::_CALLERS] for start in range(_CALLERS)]
        verdicts = sum(callers.map(work, shares), Counter())
    told = "\n".join(wrong[:_SHOWN])
    return verdicts, f"{len(wrong)} wrong\n{told}" if wrong else ""


def are_all(verdicts, count):
    """Return whether it was a whole run, and not one case that is repeated."""
    return verdicts.total() == count
