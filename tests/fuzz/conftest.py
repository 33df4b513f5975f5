"""The servers that are attacked, and a voice that is heard while it lasts."""

import pytest


@pytest.fixture(scope="session", params=[0, 2], ids=["threaded", "prefork"])
def server(request):
    """A running instance with the production tools."""
    from bootstrap.instance import Instance

    with Instance.clone(workers=request.param, channels="root:0") as instance:
        yield instance


@pytest.fixture(scope="session")
def tell(request):
    """Write a line at once, whatever pytest captures.

    What begins with "fuzz: " is shown by setup/test as well.
    """
    plugins = request.config.pluginmanager
    reporter = plugins.get_plugin("terminalreporter")
    capture = plugins.get_plugin("capturemanager")

    def tell(line):
        with capture.global_and_fixture_disabled():
            reporter.write(f"\n{line}\n", flush=True)

    return tell
