"""The data folder of setup/run: the cluster, Odoo's files, and what is running.

The state file tells later runs which processes belong to the folder, so that they
can be stopped from elsewhere, and cleared away after a run that was killed.
"""

import json
import os
import shutil
import signal
from dataclasses import asdict, dataclass
from pathlib import Path

from .console import Failure
from .locks import Lock
from .processes import Process, recorded

_STATE = "state.json"
_CONTENT = (
    *("postgres", "postgres.part-*", "files", "log", "odoo.conf", "process.json"),
    *(_STATE, f"{_STATE}.part"),
)


@dataclass(slots=True)
class State:
    """What is known of the instance in a data folder.

    supervisor: the setup/run that starts or watches over it
    port: the one last served on
    provisioned: whether keys were made
    """

    supervisor: Process | None = None
    port: int = 0
    provisioned: bool = False

    @property
    def is_orphan(self) -> bool:
        """Whether the run that watched over it was killed."""
        return self.supervisor is not None and not self.supervisor.is_alive()


class DataFolder:
    """One data folder; only one setup/run at a time may work in it."""

    def __init__(self, path: Path):
        """:raises Failure: the folder holds something else"""
        self.path = path
        self.cluster = path / "postgres"
        self.postgres_log = path / "log" / "postgres.log"
        self._lock = Lock(path / "lock")
        if path.is_dir():
            strange = os.listdir(path)
            if strange and not (path / "lock").exists():
                raise Failure(
                    f"{path} holds other things ({strange[0]})",
                    "name a new or empty folder: --data DIR",
                )
        elif path.exists():
            raise Failure(f"{path} is no folder", "name another one: --data DIR")

    def claim(self) -> bool:
        """Takes the folder for this process; False while another one has it."""
        return self._lock.acquire(wait=False)

    def load(self) -> State:
        """The state that was saved last, an empty one where that can't be read."""
        try:
            values = json.loads((self.path / _STATE).read_text())
        except (OSError, ValueError):
            return State()
        if values["supervisor"]:
            values["supervisor"] = Process(**values["supervisor"])
        return State(**values)

    @property
    def server(self) -> Process | None:
        """The Odoo that runs on this folder."""
        return recorded(self.path)

    def save(self, state: State) -> None:
        """Writes the state, as a whole or not at all."""
        part = self.path / f"{_STATE}.part"
        part.write_text(json.dumps(asdict(state)))
        part.replace(self.path / _STATE)

    def clear(self) -> None:
        """Removes everything of the instance."""
        for path in (path for name in _CONTENT for path in self.path.glob(name)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def stop_supervisor(state: State, seconds: float = 90.0) -> bool:
    """Asks a living setup/run to stop what it started; True where there was one."""
    if state.supervisor is None or not state.supervisor.is_alive():
        return False
    state.supervisor.signal(signal.SIGTERM)
    if not state.supervisor.wait(seconds):
        raise Failure(
            f"setup/run (process {state.supervisor.pid}) does not stop",
            f"kill -9 {state.supervisor.pid} and run this command again",
        )
    return True
