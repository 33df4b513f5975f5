"""A running Odoo with the addons: what setup/run starts, and the live tests.

In a test, on a clone of the template database:

    with Instance.clone(workers=2) as odoo:
        httpx.post(odoo.url, headers={"Authorization": f"Bearer {odoo.keys['demo']}"})
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import layout, ports
from .processes import Process
from .server import Server

if TYPE_CHECKING:
    from .testbed import Template, Testbed


class Instance:
    """One Odoo server on one database, started and stopped at will.

    database: the name of the database
    keys: API keys in clear text by login ("admin", "demo"), where they are known
    log: the path of the server's log
    port: where HTTP is served, on the loopback interface
    process: the server process while it was started, else None
    """

    def __init__(
        self,
        server: Server,
        *,
        port: int = 0,
        workers: int = 0,
        options: Mapping[str, object] | None = None,
        channels: str = "root:2",
        keys: Mapping[str, str] | None = None,
    ):
        """
        :param port: 0 takes a free one
        :param workers: 0 is one process with threads, else that many processes
        :param options: of Odoo's configuration, such as {"limit_time_real": 20}
        :param channels: of queue_job; "root:0" runs no job
        """
        self.server = server
        self.database = server.database.name
        self.log = server.log
        self.port = port or ports.any_free()
        self.workers = workers
        self.keys = dict(keys or {})
        self.process: Process | None = None
        self._options = dict(options or {})
        self._channels = channels
        self._drop_on_exit = False

    @classmethod
    def clone(
        cls,
        *,
        workers: int = 0,
        options: Mapping[str, object] | None = None,
        channels: str = "root:2",
        addons: Iterable[str] = (),
        testbed: Testbed | None = None,
        template: Template | None = None,
    ) -> Instance:
        """A new instance, not yet started, on a clone of a template.

        The database and the folder of the instance go when its `with` block ends.
        Crons do not run unless `options` says {"max_cron_threads": 1}.

        :param addons: of tests/addons, to install in the clone
        :param testbed: the open one by default
        :param template: the one of the live tests by default
        :raises Failure: the template cannot be built
        """
        if testbed is None:
            from .testbed import Testbed

            testbed = Testbed.current()
        template = template or testbed.live_template()
        more = {"max_cron_threads": 0} | dict(options or {})
        if addons:
            path = (*testbed.toolchain.addons_path, layout.TEST_ADDONS)
            more["addons_path"] = ",".join(map(str, path))
        instance = cls(
            testbed.clone(template),
            workers=workers,
            options=more,
            channels=channels,
            keys=template.keys,
        )
        instance._drop_on_exit = True
        if addons:
            instance.install(addons)
        return instance

    @property
    def web_url(self) -> str:
        """The address of the web client, without a final slash."""
        return f"http://{ports.HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The address of the MCP endpoint."""
        return f"{self.web_url}/mcp"

    @property
    def is_running(self) -> bool:
        """Whether the server process was started and still lives."""
        return self.process is not None and self.process.is_alive()

    def launch(self) -> None:
        """Writes the configuration and starts the process, without waiting."""
        self.server.configure(
            self.port,
            ports.next_free(self.port + 1),
            self.workers,
            self._options,
            self._channels,
        )
        self.process = self.server.start()

    def wait(self, seconds: float = 120.0) -> None:
        """Waits until it answers; stops it where it does not.

        :raises Failure: it ended, or does not answer within so many seconds
        """
        try:
            self.server.wait(self.process, self.port, seconds)
        except BaseException:
            self.kill()
            raise

    def start(self, seconds: float = 120.0) -> None:
        """Starts it and waits until it answers.

        :raises Failure: it ended, or does not answer within so many seconds
        """
        self.launch()
        self.wait(seconds)

    def stop(self, seconds: float = 30.0) -> None:
        """Stops it; what does not end within so many seconds is killed."""
        if self.process:
            self.process.end(signal.SIGTERM, seconds)
            self.process = None

    def kill(self) -> None:
        """Kills the server and its workers at once, as a crash would."""
        if self.process:
            self.process.kill()
            self.process = None

    def restart(self, seconds: float = 120.0) -> None:
        """Stops it and starts it again on the same port."""
        self.stop()
        self.start(seconds)

    def connect(self):
        """A new psycopg2 connection to the database; the caller closes it."""
        return self.server.database.connect()

    def shell(self, source: str, **parameters: Any) -> Any:
        """Runs Python in Odoo's shell (a process of its own), and commits.

        :param source: defines main(env, **parameters); `env` is the superuser's
        :param parameters: and what main returns: anything JSON can say
        :raises Failure: main raised; the log has the traceback
        """
        return self.server.shell(source, **parameters)

    def install(self, modules: Iterable[str], update: Iterable[str] = ()) -> None:
        """Installs and updates modules; the server must not run.

        :raises Failure: one does not install
        """
        self.server.configure(self.port, self.port, options=self._options)
        self.server.install(modules, update=update)

    def __enter__(self) -> Instance:  # noqa: PYI034, Self is younger than 3.10
        try:
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *exception) -> None:
        self._end()

    def _end(self) -> None:
        self.stop()
        if self._drop_on_exit:
            self.server.remove()
