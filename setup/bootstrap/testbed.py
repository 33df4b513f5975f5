"""The tests' own cluster with template databases, which each test clones.

The cluster is shared by every test run on the project folder: whoever comes first
starts it, whoever leaves last stops it. Templates are built once for each content,
under a name that tells the content, and never connected to afterwards.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import layout, modules, postgres, toolchain
from .console import Steps
from .database import Database
from .locks import Lock, exclusive
from .processes import recorded
from .server import Server, provision

# Without fsync a crash of the machine may lose data; a killed process never does.
FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "256MB"}

# Set in the database that the live tests clone. Suites send in a second what a person's
# client sends in minutes, and wrong keys on purpose, so nobody is limited or locked out
# there but by tests of that.
PARAMETERS = {
    "mcp_security.rate_per_minute": "0",
    "mcp_security.waiting_calls": "100",
    "mcp_security.lockout_failures": "0",
}


@dataclass(frozen=True, slots=True)
class Template:
    """database: the name to clone; folder: with the filestore that belongs to it;
    keys: API keys in clear text by login, which are good in every clone."""

    database: str
    folder: Path
    keys: dict[str, str]


class Testbed:
    """Templates and clones on the cluster in a folder.

    With PG* variables set, the PostgreSQL they name is used instead.
    """

    _current: Testbed | None = None
    _numbers = itertools.count(1)

    def __init__(
        self,
        folder: Path = layout.TEST_DATA,
        settings: Mapping[str, str] = FAST,
        steps: Steps | None = None,
    ):
        """
        :param folder: where the cluster, the templates and the clones lie
        :param settings: of PostgreSQL, for a cluster that this starts
        """
        self.folder = folder
        self.settings = settings
        self.steps = steps or Steps(quiet=True)
        self.toolchain = toolchain.provide(self.steps)
        self.postgres = (
            postgres.NamedServer()
            if postgres.is_named()
            else postgres.Cluster(
                self.toolchain.postgres,
                folder / "postgres",
                folder / "log" / "postgres.log",
                settings,
            )
        )
        self._prefix = f"mcp_test_{layout.digest(str(folder))[:6]}"
        self._users = Lock(folder / "users.lock")
        self._gate = folder / "gate.lock"

    @classmethod
    def current(cls) -> Testbed:
        """The open test bed of this process, in the folder that MCP_TEST_DATA names
        (default: .odoo/test); it closes by itself."""
        if cls._current is None:
            folder = Path(os.environ.get("MCP_TEST_DATA") or layout.TEST_DATA)
            cls._current = cls(folder)
            cls._current.open()
            atexit.register(cls._current.close)
        return cls._current

    def open(self) -> None:
        """Starts the cluster, unless another run has; clears what dead runs left."""
        with exclusive(self._gate, lambda: None):
            alone = self._users.acquire(wait=False)
            self.postgres.start()
            if alone:
                self._clear()
            self._users.acquire(shared=True)

    def close(self) -> None:
        """Stops the cluster, unless another run needs it."""
        with exclusive(self._gate, lambda: None):
            if self._users.acquire(wait=False):
                self.postgres.stop()
            self._users.release()

    def __enter__(self) -> Testbed:  # noqa: PYI034, Self is younger than 3.10
        self.open()
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    def live_template(self) -> Template:
        """The apps with demo data, all our addons, accounts with keys, PARAMETERS."""
        addons = layout.addons()
        apps = self._template("apps", modules.APPS)
        with self._template_lock():
            return self._build(
                "live",
                layout.digest(
                    apps.database, layout.digest_of_addons(), json.dumps(PARAMETERS)
                ),
                addons,
                origin=apps,
                finish=lambda server: provision(server, PARAMETERS),
            )

    def addon_template(self, addon: str) -> Template:
        """Only what an addon needs from outside the project, with demo data."""
        needed = modules.foreign_dependencies(addon)
        return self._template("-".join(needed), needed)

    def derived_template(
        self,
        kind: str,
        origin: Template,
        content: str,
        finish: Callable[[Server], dict[str, str]],
    ) -> Template:
        """What `finish` makes of a clone of another template.

        :param content: tells what it makes; another content is built anew
        :param finish: is given the server, configured and not started, and returns
            the keys by login
        """
        with self._template_lock():
            return self._build(
                kind,
                layout.digest(origin.database, content),
                [],
                origin=origin,
                finish=finish,
            )

    def clone(self, template: Template) -> Server:
        """A server, not configured yet, on a new clone of a template."""
        name = f"{self._prefix}_{os.getpid()}_{next(self._numbers)}"
        database = Database(self.postgres, name)
        server = Server(self.toolchain, database, self.folder / "clones" / name)
        shutil.rmtree(server.folder, ignore_errors=True)
        database.drop()
        database.clone(template.database)
        _link_files(template, server)
        return server

    def _template(self, kind: str, needed: Iterable[str]) -> Template:
        with self._template_lock():
            return self._build(kind, layout.digest(*needed), needed)

    def _template_lock(self) -> contextlib.AbstractContextManager[None]:
        return exclusive(self.folder / "templates.lock", lambda: None)

    def _build(
        self,
        kind: str,
        content: str,
        needed: Iterable[str],
        *,
        origin: Template | None = None,
        finish: Callable[[Server], dict[str, str]] = lambda server: {},
    ) -> Template:
        """The template of that kind and content, built where it is not there."""
        content = layout.digest(content, self.toolchain.digest)
        name = f"{self._prefix}_{content}"
        folder = self.folder / "templates" / name
        keys = folder / "keys.json"
        database = Database(self.postgres, name)
        mark = f"template {kind}"
        if database.mark == mark and keys.exists():
            return Template(name, folder, json.loads(keys.read_text()))
        with self.steps.step(f"Template database, {kind}") as step:
            self._drop_templates(mark)
            database.drop()
            shutil.rmtree(folder, ignore_errors=True)
            server = Server(self.toolchain, database, folder)
            if origin:
                database.clone(origin.database)
                _link_files(origin, server)
                database.mark = "being built"
            else:
                database.create()
            server.configure(0, 0)
            if needed:
                server.install(needed, on_progress=step.update)
            made = finish(server)
            with open(keys, "w", opener=_private) as file:
                json.dump(made, file)
            database.mark = mark
        return Template(name, folder, made)

    def _drop_templates(self, mark: str) -> None:
        """Drops what was built for the same purpose of an earlier content."""
        for old in Database.marked(self.postgres, self._prefix, mark):
            old.drop()
            shutil.rmtree(self.folder / "templates" / old.name, ignore_errors=True)

    def _clear(self) -> None:
        """Ends the servers, and drops the clones, of runs that were killed."""
        clones = self.folder / "clones"
        for folder in clones.iterdir() if clones.is_dir() else ():
            if process := recorded(folder):
                process.end(signal.SIGKILL, 5.0)
        for old in Database.marked(self.postgres, self._prefix, "clone"):
            old.drop()
        shutil.rmtree(clones, ignore_errors=True)


def _link_files(template: Template, server: Server) -> None:
    """Gives a clone the template's filestore; Odoo never rewrites a file there."""
    for source in _files(template.folder / "files/filestore" / template.database):
        relative = source.relative_to(template.folder / "files/filestore")
        target = server.files / "filestore" / server.database.name
        target = target.joinpath(*relative.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
