"""A company with canaries, and who asks for them."""

from dataclasses import dataclass

import pytest
from asking import Asker
from planting import PLANT


@dataclass(frozen=True, slots=True)
class House:
    """A server with canaries.

    ids: of what was planted, by name; clerk, boss: from whom the canaries are hidden,
    of whom the boss may do everything in Odoo; free: who sees them
    """

    instance: object
    ids: dict
    clerk: Asker
    boss: Asker
    free: Asker


@pytest.fixture(scope="session")
def house():
    from bootstrap.instance import Instance

    instance = Instance.clone(workers=2, channels="root:0")
    instance.server.configure(instance.port, instance.port)
    told = instance.shell(PLANT)
    with instance:
        askers = {
            login: Asker(login, instance.url, key)
            for login, key in told["keys"].items()
        }
        yield House(instance, told["ids"] | told["users"], **askers)
        for asker in askers.values():
            asker.__exit__()
