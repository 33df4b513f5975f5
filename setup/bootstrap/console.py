"""What the person at the terminal sees: steps, progress, the one line of a failure.

Progress goes to standard error, results to standard output.
"""

import contextlib
import errno
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator

from . import layout

# The outcome of a step that had nothing to do.
READY = "ready"


class Failure(Exception):
    """Something the person can put right: what happened, and the remedy."""

    def __init__(self, message: str, remedy: str):
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(f"{self.message}: {self.remedy}".split())


class Terminated(BaseException):
    """A signal asked us to end; its number is the argument."""


class Step:
    """One line of progress; `update` says what it is at."""

    # Without a terminal, a line now and then shows that it still lives.
    QUIET_SECONDS = 15.0

    def __init__(self, title: str):
        self.title = title
        self.outcome = "done"
        self._begun = self._spoken = time.monotonic()
        self._live = sys.stderr.isatty()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._begun

    def begin(self) -> None:
        """Shows that it has begun."""
        if self._live:
            self._draw("…")

    def update(self, text: str) -> None:
        """Shows `text`, a few words, as what is being done now."""
        if self._live:
            self._draw(f"… {text}")
        elif time.monotonic() - self._spoken > self.QUIET_SECONDS:
            self._spoken = time.monotonic()
            say(f"{self.title} … {text} ({self.seconds:.0f} s)")

    def end(self) -> None:
        """Shows its outcome."""
        text = f"{self.title}: {self.outcome}"
        if self.seconds >= 1:
            text += f" ({self.seconds:.0f} s)"
        self._draw(text, whole=True)
        sys.stderr.write("\n")
        sys.stderr.flush()

    def erase(self) -> None:
        """Takes its line away, for a step that is not worth one."""
        if self._live:
            self._draw("", whole=True)

    def abandon(self) -> None:
        """Shows that it was left."""
        if self._live:
            self._draw(f"{self.title}: not done", whole=True)
            sys.stderr.write("\n")

    def _draw(self, text: str, whole: bool = False) -> None:
        if not whole:
            text = f"{self.title} {text}"
        if self._live:
            width = os.get_terminal_size(sys.stderr.fileno()).columns
            text = "\r\033[K" + (text[: width - 1] if width > 1 else text)
        sys.stderr.write(text)
        sys.stderr.flush()


class Steps:
    """Numbers the steps of one command; `total` is how many there will be.

    Where `quiet` is on, a step that had nothing to do is not shown.
    """

    def __init__(self, total: int = 0, quiet: bool = False):
        self._total = total
        self._quiet = quiet
        self._count = 0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """The next step, for as long as the block runs."""
        self._count += 1
        if self._total:
            title = f"[{self._count}/{self._total}] {title}"
        step = Step(title)
        step.begin()
        try:
            yield step
        except BaseException:
            step.abandon()
            raise
        if self._quiet and step.outcome == READY:
            step.erase()
        else:
            step.end()


def say(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr, flush=True)


def main(command: str, body: Callable[[], int]) -> None:
    """Runs `body` and exits with its code.

    Whatever goes wrong becomes one line here, and nowhere else; the traceback of
    what nobody foresaw goes to the log.
    """

    def terminate(number, _frame):
        raise Terminated(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, terminate)
    try:
        code = body()
    except Failure as failure:
        say(f"{command}: {failure}")
        code = 1
    except Terminated as ended:
        name = signal.Signals(ended.args[0]).name
        say(f"{command}: interrupted ({name}); the next run goes on from here")
        code = 128 + ended.args[0]
    except BrokenPipeError:
        code = 1
    except OSError as error:
        say(f"{command}: {_explain(error)}")
        code = 1
    except Exception as error:  # noqa: BLE001, the last place to catch one
        say(f"{command}: {_unforeseen(error)}")
        code = 1
    sys.stdout.flush()
    sys.exit(code)


def disk_full(where: object) -> Failure:
    """The failure of whatever found no space.

    :param where: a path, or what was being done
    """
    return Failure(
        f"the disk is full ({where})", "free some space and run the same command again"
    )


def _explain(error: OSError) -> Failure:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(error.filename or layout.HOME)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Failure(
            f"{error.filename} cannot be used ({error.strerror})",
            "run as the user who owns the project folder, or put that right",
        )
    return _unforeseen(error)


def _unforeseen(error: Exception) -> Failure:
    try:
        layout.HOME.mkdir(exist_ok=True)
        with layout.SETUP_LOG.open("a") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        return Failure(f"{type(error).__name__}: {error}", "this was not foreseen")
    return Failure(
        f"{type(error).__name__}: {error}",
        f"this was not foreseen; the details are in {layout.SETUP_LOG}",
    )
