"""One Odoo on one database: its configuration, its commands, its server process."""

import configparser
import json
import os
import re
import secrets
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg2

from . import layout, ports
from .console import Failure, disk_full
from .database import Database
from .processes import Process, run, spawn
from .toolchain import Toolchain

_QUIET = ("--no-http", "--workers=0", "--max-cron-threads=0")
#: With less than that free, what fails is taken to have failed for it.
_SPARE_BYTES = 20 * 1024 * 1024
_LOADING = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")
_RAISED = re.compile(r"[\w.]+(Error|Exception|Warning|Violation|Invalid\w*): ")


class Server:
    """An Odoo whose configuration, files and log lie in `folder`."""

    def __init__(self, toolchain: Toolchain, database: Database, folder: Path):
        self.database = database
        self.folder = folder
        self.files = folder / "files"
        self.log = folder / "log" / "odoo.log"
        self.config = folder / "odoo.conf"
        self._toolchain = toolchain
        self._log_begin = 0
        self._environment = dict(database.server.environment) | {
            "PYTHONPATH": str(toolchain.odoo.python_path),
            "PYTHONUNBUFFERED": "1",
        }

    def configure(
        self,
        port: int,
        gevent_port: int,
        workers: int = 0,
        options: Mapping[str, object] | None = None,
        channels: str = "root:2",
    ) -> None:
        """Writes the configuration; the file is its owner's only.

        :param workers: processes that serve HTTP; 0 is one process with threads
        :param options: more of Odoo's options, or others for those set here
        :param channels: of queue_job; "root:0" runs no job
        """
        config = configparser.RawConfigParser()
        config["options"] = {
            key: str(value)
            for key, value in {
                "addons_path": ",".join(map(str, self._toolchain.addons_path)),
                "data_dir": self.files,
                "db_name": self.database.name,
                "dbfilter": f"^{re.escape(self.database.name)}$",
                "list_db": False,
                "admin_passwd": secrets.token_urlsafe(24),
                "http_interface": ports.HOST,
                "http_port": port,
                "gevent_port": gevent_port,
                "workers": workers,
                "max_cron_threads": 1,
                "proxy_mode": False,
                "server_wide_modules": "base,rpc,web,queue_job,mcp_core",
                "bin_path": self._toolchain.printing or "",
                **self.database.server.settings,
                **(options or {}),
            }.items()
        }
        config["queue_job"] = {"channels": channels}
        self.files.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.config, "w", opener=_private) as file:
            config.write(file)

    def install(
        self,
        modules: Iterable[str],
        *,
        update: Iterable[str] = (),
        on_progress: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Installs modules with demo data, and updates others.

        :param on_progress: called with a few words on each module
        :raises Failure: one does not install; the log has the details
        """
        modules, update = list(modules), list(update)

        def progress(line: str) -> None:
            if match := _LOADING.search(line):
                name, number, total = match.groups()
                on_progress(f"module {number} of {total}, {name}")

        words = ["--stop-after-init", "--with-demo", *_QUIET]
        words += [f"--init={','.join(modules)}"] if modules else []
        words += [f"--update={','.join(update)}"] if update else []
        code, lines = self.command(words, on_line=progress)
        if code:
            raise self._failed("installing the modules", lines)
        if missing := {*modules, *update} - self._installed():
            raise self._failed(f"installing {', '.join(sorted(missing))}", lines)

    def command(
        self, words: list[str], on_line: Callable[[str], None] = lambda line: None
    ) -> tuple[int, list[str]]:
        """Runs the odoo script to its end with our configuration.

        :return: the exit code and the last lines of output, which the log has whole
        """
        return run(
            [self._toolchain.python, self._toolchain.odoo.script]
            + ["--config", str(self.config), *words],
            what="Odoo",
            log=self.log,
            env=self._environment,
            on_line=on_line,
            check=False,
        )

    def shell(self, source: str, **parameters: Any) -> Any:
        """Runs Python code in Odoo's shell and commits.

        :param source: defines main(env, **parameters); `env` is the superuser's
        :param parameters: and what main returns: anything JSON can say
        :raises Failure: main raised
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as private:
            answer = Path(private, "answer.json")
            code, lines = run(
                [self._toolchain.python, self._toolchain.odoo.script, "shell"]
                + ["--config", str(self.config), *_QUIET],
                what="Odoo's shell",
                log=self.log,
                # Without this the shell would start a runner of jobs of its own.
                env=self._environment | {"ODOO_QUEUE_JOB_CHANNELS": "root:0"},
                stdin=f"{source}\n"
                "import json\n"
                f"answer = main(env, **json.loads({json.dumps(parameters)!r}))\n"
                "env.cr.commit()\n"
                # what servers that run have cached of the database is old now
                "env.registry.signal_changes()\n"
                f"with open({str(answer)!r}, 'w') as file:\n"
                "    json.dump(answer, file)\n",
                check=False,
            )
            if code or not answer.exists():
                raise self._failed("a script in Odoo", lines)
            return json.loads(answer.read_text())

    def start(self) -> Process:
        """Starts the server process, which answers a little later."""
        self._log_begin = self.log.stat().st_size if self.log.exists() else 0
        process = spawn(
            [self._toolchain.python, self._toolchain.odoo.script]
            + ["--config", str(self.config)],
            log=self.log,
            env=self._environment,
            cwd=self.folder,
        )
        process.record(self.folder)
        return process

    def wait(self, process: Process, port: int, seconds: float) -> None:
        """Waits until the server answers with its database loaded.

        :raises Failure: it ended, or does not answer within so many seconds
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not process.is_alive():
                with self.log.open(errors="replace") as log:
                    log.seek(self._log_begin)
                    raise self._failed("starting Odoo", log.read().splitlines())
            if _answers(f"http://{ports.HOST}:{port}/web/login"):
                return
            time.sleep(0.1)
        raise Failure(
            f"Odoo does not answer on port {port} after {seconds:.0f} s",
            f"the reason should be in {self.log}",
        )

    def remove(self) -> None:
        """Drops the database and removes the folder."""
        self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _installed(self) -> set[str]:
        connection = self.database.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT name FROM ir_module_module WHERE state = 'installed'"
                )
                return {name for (name,) in cursor}
        except psycopg2.errors.UndefinedTable:
            return set()
        finally:
            connection.close()

    def _failed(self, what: str, lines: list[str]) -> Failure:
        # PostgreSQL rather ends than tells its clients that the disk is full.
        if shutil.disk_usage(self.folder).free < _SPARE_BYTES:
            return disk_full(self.folder)
        if any("Address already in use" in line for line in lines):
            return Failure(
                "the port was taken by another program meanwhile",
                "run it again, with another port if that program stays: --port",
            )
        raised = [line for line in lines if _RAISED.match(line)]
        told = [line for line in lines if " ERROR " in line or " CRITICAL " in line]
        reason = (raised or told or lines or ["no output"])[-1].strip()
        return Failure(f"{what} failed ({reason[:300]})", f"details in {self.log}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def provision(
    server: Server, parameters: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Makes the accounts that AI clients use; fresh keys by login.

    :param parameters: system parameters to set besides
    :raises Failure: mcp_core is not installed there
    """
    source = (layout.SETUP / "bootstrap/inside/provision.py").read_text()
    return server.shell(
        source,
        accounts={"admin": "mcp_core.group_manager", "demo": "mcp_core.group_user"},
        key_name="setup/run",
        scope="mcp",
        parameters=dict(parameters or {}),
    )
