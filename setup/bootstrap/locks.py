"""File locks between runs that share a folder. A dead process holds none."""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path


class Lock:
    """A lock on a file, exclusive or shared, released when the process ends."""

    def __init__(self, path: Path):
        self._path = path
        self._file = None

    def acquire(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Takes the lock, or changes its kind; False where `wait` is off and
        somebody else holds it (what was held before may then be lost)."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a")
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Lets others have it; it need not be held."""
        if self._file is not None:
            self._file.close()
            self._file = None


@contextlib.contextmanager
def exclusive(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the lock at `path`; calls `on_wait` once if another process has it."""
    lock = Lock(path)
    if not lock.acquire(wait=False):
        on_wait()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
