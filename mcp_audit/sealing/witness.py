"""The record of seals outside the database: one line of JSON for each.

Whoever can write to the database alone can't take the newest seals away unnoticed, nor
put others in their place.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import orjson

from .seal import Seal

#: More than a line, to find the last one by.
_TAIL = 4096


class Witness:
    """The file of a database.

    :param path: is made when it is written first
    """

    def __init__(self, path: Path):
        self._path = path

    @property
    def is_there(self) -> bool:
        """Return whether there is such a file."""
        return self._path.exists()

    def last(self) -> int:
        """Return the number of the last seal that it knows, 0 for none."""
        try:
            with self._path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(0, end - _TAIL))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return 0
        numbers = [line["seal"] for line in map(_parsed, lines) if line]
        return max(numbers, default=0)

    def note(self, seals: Iterable[Seal]) -> None:
        """Add seals, and return when they are on the disk.

        :raise OSError: it can't be written
        """
        lines = b"".join(
            orjson.dumps(
                {
                    "seal": seal.number,
                    "time": seal.time,
                    "last_id": seal.last,
                    "digest": seal.digest,
                    "key_id": seal.key_id,
                    "signature": seal.signature,
                },
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for seal in seals
        )
        if not lines:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                if file.read(1) != b"\n":
                    # a line that a crash cut off must not spoil the next
                    lines = b"\n" + lines
            file.write(lines)
            os.fsync(file.fileno())

    def digests(self) -> dict[int, str]:
        """Return the digest of each seal by its number.

        Of several lines on one seal the first counts: nothing is taken back.
        """
        found: dict[int, str] = {}
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            for line in map(_parsed, file):
                if line:
                    found.setdefault(line["seal"], line["digest"])
        return found


def _parsed(line):
    """Return what a line says, ``None`` for one that was cut off."""
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    known = isinstance(told, dict) and {"seal", "digest"} <= told.keys()
    return told if known else None
