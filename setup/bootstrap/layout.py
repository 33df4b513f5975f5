"""Where things lie: the project, and the one ignored folder that holds the rest."""

import hashlib
import os
from pathlib import Path

SETUP = Path(__file__).resolve().parent.parent
PROJECT = SETUP.parent
TEST_ADDONS = PROJECT / "tests" / "addons"
REQUIREMENTS = SETUP / "requirements"

HOME = PROJECT / ".odoo"
DOWNLOADS = HOME / "downloads"
SETUP_LOG = HOME / "setup.log"
RUN_DATA = HOME / "data"
TEST_DATA = HOME / "test"


def addons(folder: Path = PROJECT) -> list[str]:
    """The names of the addons in a folder: the project's, or others."""
    return sorted(path.parent.name for path in folder.glob("*/__manifest__.py"))


def digest(*parts: bytes | str) -> str:
    """A short name for a content: 10 hexadecimal digits."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() if isinstance(part, str) else part)
        whole.update(b"\0")
    return whole.hexdigest()[:10]


def digest_of_addons(*others: Path) -> str:
    """The digest of everything in the addons that an update would read.

    :param others: folders of further addons
    """
    parts: list[bytes | str] = []
    for home in (PROJECT, *others):
        for addon in addons(home):
            for folder, folders, files in os.walk(home / addon):
                folders[:] = sorted(set(folders) - {"__pycache__", "tests", "readme"})
                for name in sorted(files):
                    path = Path(folder, name)
                    parts += [str(path.relative_to(home)), path.read_bytes()]
    return digest(*parts)
