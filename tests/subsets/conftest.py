"""Servers with only some of the addons."""

import pytest
from subset import Subset


@pytest.fixture
def subset(request):
    """An Odoo with nothing but what the addons of the parameter need, and they not
    installed yet."""
    subset = Subset(request.param)
    yield subset
    subset.remove()
