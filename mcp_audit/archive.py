"""A ZIP file that one process begins and another one ends. Plain Python.

After each member, :attr:`Archive.mark` says how to go on from there, whatever was
written to the file since.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

#: Bytes that are read at once.
_CHUNK = 1 << 20


class LostError(Exception):
    """The file is not the one that the mark was made of."""


class Archive:
    """A ZIP file that gets one member after the other.

    :param mark: where to go on, ``None`` for a new one
    :raise LostError: it can't go on
    """

    def __init__(self, path: str, mark: Mapping[str, Any] | None = None):
        self.path = path
        #: {name: {"sha256": …, "bytes": …}} of the members added by this object
        self.members: dict[str, dict[str, Any]] = {}
        self.mark = dict(mark) if mark else None
        if mark is None:
            with open(path, "wb"):
                return
        try:
            with open(path, "r+b") as file:
                if os.fstat(file.fileno()).st_size < mark["start"]:
                    raise LostError(path)
                file.truncate(mark["start"])
                file.seek(mark["start"])
                file.write(base64.b64decode(mark["directory"]))
        except FileNotFoundError as error:
            raise LostError(path) from error

    @contextmanager
    def member(
        self, name: str, *, packed: bool = False
    ) -> Iterator[Callable[[bytes], None]]:
        """Add a member; yield what takes its bytes, one piece after the other.

        :param packed: what comes is compressed already
        """
        digest, size = hashlib.sha256(), 0
        compression = ZIP_STORED if packed else ZIP_DEFLATED
        with (
            ZipFile(self.path, "a", compression, compresslevel=1) as archive,
            archive.open(name, "w", force_zip64=True) as file,
        ):

            def add(content):
                nonlocal size
                digest.update(content)
                size += len(content)
                file.write(content)

            yield add
        with open(self.path, "rb") as file:
            file.seek(archive.start_dir)
            directory = file.read()
            os.fsync(file.fileno())
        self.members[name] = {"sha256": digest.hexdigest(), "bytes": size}
        self.mark = {
            "start": archive.start_dir,
            "directory": base64.b64encode(directory).decode(),
        }


def file_digest(path: str) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
