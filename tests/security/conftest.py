"""What the tests of what is hidden share."""

import pytest
from company import CANARY, PRICE, built


@pytest.fixture(scope="module")
def house():
    with built(CANARY, PRICE) as house:
        yield house
