"""Processes: commands that are waited for, and servers that go on by themselves."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .console import Failure, disk_full

_NO_NETWORK = (
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Name or service not known",
    "Could not resolve",
    "Could not connect",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection timed out",
    "Connection refused",
    "Failed to fetch",
    "Unable to connect",
    "Unable to access",
    "unable to access",
)
_NOT_BUILT = ("Failed building wheel", "Failed to build")
_RECORD = "process.json"
# Were we killed, a command that went on would work against the next run.
_DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
#: The processes that `run` waits for.
_running: set[int] = set()
_DISK_FULL = ("No space left on device", "Disk quota exceeded")


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without what would bend Python, Odoo or PostgreSQL."""
    bending = ("PYTHON", "ODOO_", "OPENERP_", "PG", "VIRTUAL_ENV")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(bending)}
    return kept | {"PYTHONNOUSERSITE": "1"} | extra


def run(
    command: Sequence[object],
    *,
    what: str,
    log: Path,
    remedy: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    check: bool = True,
) -> tuple[int, list[str]]:
    """Runs a command to its end, its output into `log` and line by line to `on_line`.

    :return: the exit code and the last 200 lines
    :raises Failure: where it fails and `check` is on: `what` (a noun) failed, the
        reason as far as the output tells it, and the remedy
    """
    words = [str(word) for word in command]
    if shutil.which(words[0]) is None:
        raise Failure(f"{what} needs {words[0]}, which is missing", "install it")
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: deque[str] = deque(maxlen=200)
    with log.open("a", errors="replace") as record:
        record.write(f"$ {' '.join(words)}\n")
        record.flush()
        process = subprocess.Popen(
            [*_DIE_WITH_US, *words],
            env=clean_environment() if env is None else dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        _running.add(process.pid)
        try:
            if stdin is not None:
                process.stdin.write(stdin)
                process.stdin.close()
            for line in process.stdout:
                record.write(line)
                lines.append(line.rstrip())
                on_line(line.rstrip())
            code = process.wait()
        except BaseException:
            _end_session(process.pid)
            process.wait()
            raise
        finally:
            _running.discard(process.pid)
            process.stdout.close()
    if check and code:
        raise diagnose(what, list(lines), log, remedy)
    return code, list(lines)


def end_running() -> None:
    """Ends what other threads run at this moment."""
    for pid in list(_running):
        _end_session(pid)


def diagnose(what: str, lines: list[str], log: Path, remedy: str = "") -> Failure:
    """The failure that the last lines of a command's output tell of."""
    text = "\n".join(lines)
    if any(sign in text for sign in _DISK_FULL):
        return disk_full(what)
    if any(sign in text for sign in _NO_NETWORK):
        return Failure(
            f"{what} cannot be downloaded, the network does not answer",
            remedy or "check the connection (and proxy) and run the same command again",
        )
    if any(sign in text for sign in _NOT_BUILT):
        return Failure(
            f"{what} hold one without a wheel for this machine, which does not compile",
            f"install a C++ compiler and Python's headers; details in {log}",
        )
    last = next((line for line in reversed(lines) if line.strip()), "no output")
    return Failure(f"{what} failed ({last[:200]})", remedy or f"details in {log}")


def _end_session(pid: int) -> None:
    for number, seconds in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 1.0)):
        for member in session_members(pid):
            _signal(member, number)
        if _wait(lambda: not session_members(pid), seconds):
            return


@dataclass(frozen=True, slots=True)
class Process:
    """A process known by its id and its start, which no other process shares."""

    pid: int
    started: int

    def is_alive(self) -> bool:
        """Whether it has not ended, nor its id gone to another process."""
        _reap(self.pid)
        stat = _stat(self.pid)
        return stat is not None and stat.started == self.started and stat.state != "Z"

    def signal(self, number: int) -> None:
        """Sends it a signal, if it is alive."""
        if self.is_alive():
            _signal(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        return _wait(lambda: not self.is_alive(), seconds)

    def end(self, number: int, seconds: float) -> None:
        """Asks with signal `number`, then after `seconds` kills, it and its session."""
        self.signal(number)
        self.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """Kills the process and all of its session at once."""
        members = session_members(self.pid)
        self.signal(signal.SIGKILL)
        for member in members:
            _signal(member, signal.SIGKILL)
        _wait(lambda: not (self.is_alive() or session_members(self.pid)), 10.0)

    def record(self, folder: Path) -> None:
        """Notes the process in the folder it serves, for `recorded`."""
        (folder / _RECORD).write_text(json.dumps(asdict(self)))


def recorded(folder: Path) -> Process | None:
    """The process noted in a folder, where it still lives."""
    try:
        process = Process(**json.loads((folder / _RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return process if process.is_alive() else None


def spawn(
    command: Sequence[object],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path | None = None,
) -> Process:
    """Starts a server in a session of its own, its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as record:
        popen = subprocess.Popen(
            [str(word) for word in command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=record,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # From here on it is known by its id; nobody waits for it through Popen.
    popen.returncode = 0
    return this_process(popen.pid)


def this_process(pid: int | None = None) -> Process:
    """The process with that id, by default our own."""
    pid = os.getpid() if pid is None else pid
    stat = _stat(pid)
    return Process(pid, stat.started if stat else -1)


@dataclass(frozen=True, slots=True)
class _Stat:
    state: str
    session: int
    started: int


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The second field, the name in parentheses, may itself hold spaces.
    fields = text.rpartition(")")[2].split()
    return _Stat(fields[0], int(fields[3]), int(fields[19]))


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def session_members(session: int) -> list[int]:
    """The ids of the living processes of a session."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            stat = _stat(int(entry))
            if stat and stat.session == session and stat.state != "Z":
                found.append(int(entry))
    return found


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
