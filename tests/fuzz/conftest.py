"""The servers that are attacked, and a voice that is heard while it lasts."""

import pytest


@pytest.fixture(scope="session", params=[0, 2], ids=["threaded", "prefork"])
def server(request):
    """A running instance with the production tools."""
    from bootstrap.instance import Instance

    with Instance.clone(workers=request.param, channels="root:0") as instance:
        yield instance
