"""PostgreSQL: a cluster of our own in the data folder, or the one PG* variables name.

Both give the same three things: connection parameters, the lines for Odoo's
configuration, and the environment its processes need.
"""

import os
import pwd
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from . import layout
from .building import built
from .console import Failure
from .processes import Process, clean_environment, diagnose, run, spawn, this_process

_ROLE = "odoo"
_PORT = 5432
# Any of these says that the person has a PostgreSQL in mind.
_NAMING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGUSER")
# A socket's path, ".s.PGSQL.5432" and a final zero must fit into 108 bytes.
_LONGEST_FOLDER = 107 - len("/.s.PGSQL.5432")
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
}


def is_named() -> bool:
    """Whether the environment names a PostgreSQL server to use."""
    return any(os.environ.get(name) for name in _NAMING)


class NamedServer:
    """The PostgreSQL that the PG* variables name; it is neither started nor stopped.

    libpq and Odoo read the variables themselves, so none is passed on by us.
    """

    embedded = False
    settings: Mapping[str, str] = {}
    process: Process | None = None

    def __init__(self):
        named = {k: v for k, v in os.environ.items() if k.startswith("PG")}
        self.environment = clean_environment(**named)

    def parameters(self, database: str) -> dict[str, str]:
        """Arguments for psycopg2.connect."""
        return {"dbname": database}

    def start(self) -> None:
        """Nothing to do."""

    def stop(self) -> None:
        """Nothing to do."""


class Cluster:
    """A PostgreSQL cluster in a folder, reached by a Unix socket only.

    The server runs as the owner of the folder. Root may not run PostgreSQL: for root
    the folder is made over to the user postgres, or else nobody.
    """

    embedded = True

    def __init__(
        self,
        programs: Path,
        folder: Path,
        log: Path,
        settings: Mapping[str, str] | None = None,
    ):
        """
        :param programs: the folder of initdb and postgres
        :param folder: where the cluster is or will be
        :param settings: server parameters beside our own, such as {"fsync": "off"}
        """
        self._programs = programs
        self._folder = folder
        self._log = log
        self._settings = _SETTINGS | dict(settings or {})
        self.environment = clean_environment()

    def parameters(self, database: str) -> dict[str, str]:
        """Arguments for psycopg2.connect."""
        return {
            "dbname": database,
            "user": _ROLE,
            "host": str(self._socket_folder()),
            "port": str(_PORT),
        }

    @property
    def settings(self) -> dict[str, str]:
        """The lines of Odoo's configuration that lead here."""
        host = str(self._socket_folder())
        return {"db_host": host, "db_port": str(_PORT), "db_user": _ROLE}

    @property
    def process(self) -> Process | None:
        """The running server, None when it is not."""
        try:
            lines = (self._folder / "postmaster.pid").read_text().splitlines()
            process = this_process(int(lines[0]))
            name = Path(f"/proc/{process.pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            return None
        return process if name == "postgres" and process.is_alive() else None

    def start(self, seconds: float = 60.0) -> None:
        """Starts the server, after making the cluster if there is none.

        :raises Failure: when it does not answer within so many seconds
        """
        if not self._folder.exists():
            self._create()
        if self.process is None:
            # A file left by a server that was killed would name a stranger's pid.
            (self._folder / "postmaster.pid").unlink(missing_ok=True)
            self._make_socket_folder()
            words = [f"--{key}={value}" for key, value in self._settings.items()]
            spawn(
                self._as_owner("postgres", "-D", self._folder, *words)
                + ["-k", str(self._socket_folder())],
                log=self._log,
                env=self.environment,
                cwd=Path("/"),
            )
        self._wait(seconds)

    def replica(self, folder: Path, log: Path) -> "Cluster":
        """A cluster that follows this one, which runs; it is not started yet.

        :param folder: where it will be
        """
        shutil.rmtree(folder, ignore_errors=True)
        with built(folder) as part:
            if os.geteuid() == 0:
                owner = self._folder.stat()
                os.chown(part, owner.st_uid, owner.st_gid)
            run(
                self._as_owner("pg_basebackup", "-D", part, folder=part)
                + ["--username", _ROLE, "--host", str(self._socket_folder())]
                + ["--port", str(_PORT), "--write-recovery-conf", "--wal-method=stream"]
                + ["--checkpoint=fast", "--no-sync"],
                what="the replica of PostgreSQL's cluster",
                log=log,
                env=self.environment,
                cwd=Path("/"),
            )
            # of this server's socket, which is in the same folder
            for lock in part.glob(".s.PGSQL.*.lock"):
                lock.unlink()
        return Cluster(self._programs, folder, log, self._settings)

    def stop(self) -> None:
        """Stops the server, ending its clients' transactions; it may be down."""
        if process := self.process:
            process.signal(signal.SIGINT)
            if not process.wait(60.0):
                process.signal(signal.SIGQUIT)
                process.wait(10.0)
        if self._socket_folder() != self._folder:
            shutil.rmtree(self._socket_folder(), ignore_errors=True)

    def kill(self) -> None:
        """Kills the server as a crash would."""
        if process := self.process:
            process.signal(signal.SIGKILL)
            process.wait(10.0)

    def _wait(self, seconds: float) -> None:
        address = str(self._socket_folder() / f".s.PGSQL.{_PORT}")
        deadline = time.monotonic() + seconds
        begun = time.monotonic()
        while time.monotonic() < deadline:
            if self._is_ready() and _accepts(address):
                return
            if time.monotonic() - begun > 2 and self.process is None:
                break
            time.sleep(0.05)
        lines = self._log.read_text(errors="replace").splitlines()[-20:]
        raise diagnose("PostgreSQL", lines, self._log)

    def _is_ready(self) -> bool:
        try:
            text = (self._folder / "postmaster.pid").read_text()
        except OSError:
            return False
        return text.splitlines()[-1].strip() == "ready"

    def _create(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with built(self._folder) as part:
            if os.geteuid() == 0:
                user = _unprivileged_user()
                os.chown(part, user.pw_uid, user.pw_gid)
            run(
                self._as_owner("initdb", "-D", part, folder=part)
                + ["--username", _ROLE, "--auth=trust", "--encoding=UTF8"]
                + ["--locale=C", "--locale-provider=builtin"]
                + ["--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"],
                what="PostgreSQL's cluster",
                log=self._log,
                env=self.environment,
                cwd=Path("/"),
            )

    def _as_owner(
        self, program: str, *arguments: object, folder: Path | None = None
    ) -> list[str]:
        """The command that runs one of PostgreSQL's programs as the folder's owner."""
        command = [str(self._programs / program), *map(str, arguments)]
        owner = (folder or self._folder).stat()
        if owner.st_uid == os.geteuid():
            return command
        if os.geteuid() != 0:
            raise Failure(
                f"{self._folder} belongs to another user",
                "run as that user, or use another folder: --data DIR",
            )
        become = ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}"]
        become.append("--clear-groups")
        if not (_is_open(self._programs) and _is_open(self._folder.parent)):
            # Somewhere on the way (such as /root) others may not enter. Rather than
            # open that, the server gets root's right to pass, and nothing else.
            # The secure bit makes access(2), which initdb asks, see that right.
            passing = "dac_override"
            become += [f"--inh-caps=+{passing}", f"--ambient-caps=+{passing}"]
            become.append("--securebits=+no_setuid_fixup")
        return become + command

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self._folder)) <= _LONGEST_FOLDER:
            return self._folder
        name = f"odoo-mcp-{layout.digest(str(self._folder))}"
        return Path(tempfile.gettempdir(), name)

    def _make_socket_folder(self) -> None:
        folder = self._socket_folder()
        if folder == self._folder:
            return
        owner = self._folder.stat()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.st_uid, owner.st_gid)


def _accepts(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(address)
        except OSError:
            return False
    return True


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure(
        "root may not run PostgreSQL, and there is no user nobody to run it as",
        "run as an ordinary user",
    )


def _is_open(folder: Path) -> bool:
    """Whether everybody may enter the folder, on the whole way to it."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))
