"""Packages from the Debian or Ubuntu archive, fetched and unpacked, not installed.

The address of the archive comes from the machine's own apt configuration, its lists
live in a folder of ours: nothing on the machine changes, and no rights are needed.
apt checks the signatures, we check each file against apt's list.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import layout
from .console import Failure, Step
from .processes import clean_environment, run

_KEYRINGS = Path("/usr/share/keyrings")
#: What is installed on the machine.
_STATUS = Path("/var/lib/dpkg/status")


@dataclass(frozen=True, slots=True)
class Distribution:
    """The archive that the machine is installed from."""

    name: str
    address: str

    @property
    def keyring(self) -> Path | None:
        """The keys that sign the archive, None where apt knows them by itself."""
        stem = f"{self.name.lower()}-archive-keyring"
        paths = [_KEYRINGS / f"{stem}.{ending}" for ending in ("gpg", "pgp")]
        return next((path for path in paths if path.exists()), None)

    def source(self, suite: str, components: str) -> str:
        """A line of sources.list for another suite of the same archive."""
        signed = f"[signed-by={self.keyring}] " if self.keyring else ""
        return f"deb {signed}{self.address} {suite} {components}\n"


def is_at_hand() -> bool:
    """Whether this machine has apt and dpkg."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


class Archive:
    """The packages of some sources (the machine's own where `sources` is None)."""

    def __init__(self, name: str, sources: str | None = None):
        self._folder = layout.DOWNLOADS / "apt" / name
        self._sources = sources
        self._updated = False

    def distribution(self) -> Distribution | None:
        """The distribution whose archive the sources name, None if it is another."""
        self.update()
        _, lines = self._apt(
            "get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", what="apt"
        )
        for line in lines:
            label, _, address = line.partition("|")
            if label in ("Debian", "Ubuntu"):
                return Distribution(label, address)
        return None

    def update(self) -> None:
        """Fetches the lists of packages, once.

        :raises Failure: when the archive cannot be reached
        """
        if self._updated:
            return
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
        (self._folder / "status").touch()
        if self._sources is not None:
            (self._folder / "sources.list").write_text(self._sources)
        # Of the machine's own sources one may be out of order, as long as the
        # archive is not.
        strict = ["--error-on=any"] if self._sources is not None else []
        self._apt(
            *("get", "update", *strict),
            what="the list of packages",
            check=self._sources is not None,
        )
        self._updated = True

    def version(self, package: str) -> str | None:
        """The newest version the archive has."""
        self.update()
        _, lines = self._apt("cache", "madison", package, what="apt")
        versions = [line.split("|")[1].strip() for line in lines if "|" in line]
        return versions[0] if versions else None

    def missing(self, package: str) -> list[str]:
        """What `package` needs and the machine lacks, itself included: name=version.

        Empty where the archive has no such package.
        """
        self.update()
        found = []

        def collect(line: str) -> None:
            if match := re.match(r"Inst (\S+) .*?\((\S+) ", line):
                found.append(f"{match[1]}={match[2]}")

        self._apt(
            *("get", "install", "--simulate", "--no-install-recommends", package),
            what=package,
            check=False,
            status=_STATUS,
            on_line=collect,
        )
        return found

    def download(self, packages: Sequence[str], step: Step) -> list[Path]:
        """The packages' files, each checked; those that are here already are kept.

        :param packages: names, or name=version
        :raises Failure: when one is not in the archive, or arrives damaged
        """
        self.update()
        command = ("get", "download", "--print-uris", *packages)
        # apt says nothing of a file that lies in the folder where it is asked.
        _, lines = self._apt(*command, what="apt", folder=self._folder)
        files = []
        for line in lines:
            match = re.match(r"'\S+' (\S+) (\d+) SHA256:(\w+)$", line)
            if match:
                name, size, checksum = match.groups()
                files.append((layout.DOWNLOADS / name, int(size), checksum))
        if len(files) != len(packages):
            raise Failure(
                f"the archive has not all of {', '.join(packages)}",
                f"details in {layout.SETUP_LOG}",
            )
        lacking = [file for file in files if _sha256(file[0]) != file[2]]
        if not lacking:
            return [path for path, _, _ in files]
        for path, _, _ in lacking:
            path.unlink(missing_ok=True)
        names = {path.name.partition("_")[0] for path, _, _ in lacking}
        megabytes = sum(size for _, size, _ in lacking) / 1e6

        def show(line: str) -> None:
            if match := re.match(r"Get:\d+ \S+ \S+ \S+ (\S+)", line):
                step.update(f"downloading {match[1]}, of {megabytes:.1f} MB in all")

        wanted = [name for name in packages if name.partition("=")[0] in names]
        self._apt("get", "download", *wanted, what="the packages", on_line=show)
        for path, _, checksum in lacking:
            if _sha256(path) != checksum:
                path.unlink(missing_ok=True)
                raise Failure(
                    f"{path.name} arrived damaged", "run the same command again"
                )
        return [path for path, _, _ in files]

    def _apt(
        self,
        tool: str,
        *arguments: str,
        what: str,
        folder: Path = layout.DOWNLOADS,
        check: bool = True,
        status: Path | None = None,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> tuple[int, list[str]]:
        options = {
            "Dir::State": self._folder / "state",
            "Dir::State::status": status or self._folder / "status",
            "Dir::Cache": self._folder / "cache",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            # Root's downloads stay root's: the folder may be closed to _apt.
            "APT::Sandbox::User": "",
        }
        if self._sources is not None:
            options["Dir::Etc::SourceList"] = self._folder / "sources.list"
            options["Dir::Etc::SourceParts"] = "/dev/null"
        words = [f"-o{key}={value}" for key, value in options.items()]
        return run(
            [f"apt-{tool}", *words, *arguments],
            what=what,
            log=layout.SETUP_LOG,
            cwd=folder,
            env=clean_environment(LC_ALL="C.UTF-8"),
            on_line=on_line,
            check=check,
        )


def unpack(package: Path, folder: Path) -> None:
    """Lays the files of a package into `folder`, installing nothing."""
    run(
        ["dpkg-deb", "--extract", package, folder],
        what=f"unpacking {package.name}",
        log=layout.SETUP_LOG,
    )


def _sha256(path: Path) -> str | None:
    if not path.exists():
        return None
    checksum = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            checksum.update(chunk)
    return checksum.hexdigest()
