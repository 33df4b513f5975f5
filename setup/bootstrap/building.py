"""Folders that are either there in full or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def built(folder: Path) -> Iterator[Path]:
    """A new empty folder, which is named `folder` when the block ends well.

    Its name is its own: a command that outlived a killed run cannot write into it.
    """
    _sweep(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
    yield part
    part.rename(folder)
    _sweep(folder)


def _sweep(folder: Path) -> None:
    for part in folder.parent.glob(f"{folder.name}.part-*"):
        shutil.rmtree(part, ignore_errors=True)
