"""Virtual environments with pinned packages, built once for each set of pins.

A virtual environment cannot be renamed, so it is built in place and its last act is
a stamp; without the stamp it is built anew, from the downloads that are kept.
"""

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from . import debian, layout
from .console import READY, Failure, Step
from .processes import clean_environment, run

_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class Environment:
    """The environment `name`, holding what requirements/<name>.txt pins."""

    def __init__(self, name: str, path: Path | None = None):
        """
        :param path: its folder, by default in .odoo/ under a name that tells the pins
        """
        self._requirements = layout.REQUIREMENTS / f"{name}.txt"
        pins = layout.digest(self._requirements.read_bytes(), sys.version)
        self.path = path or layout.HOME / "env" / f"{name}-{_VERSION}-{pins}"
        self.python = self.path / "bin" / "python"
        self.site_packages = self.path / "lib" / f"python{_VERSION}" / "site-packages"
        self._stamp = self.path / ".complete"

    def is_ready(self) -> bool:
        """Whether it is there in full."""
        return self._stamp.exists() and self.python.exists()

    def build(self, step: Step) -> None:
        """Builds it where it is not there in full.

        :raises Failure: no venv and no pip to be had, no network, no wheel
        """
        if self.is_ready():
            step.outcome = READY
            return
        shutil.rmtree(self.path, ignore_errors=True)
        step.update("creating")
        self._create(step)
        self.install(self._requirements, step)
        self._stamp.touch()

    def install(self, requirements: Path, step: Step, *options: str) -> None:
        """Installs what `requirements` pins, with its hashes.

        What was downloaded once is kept, and the network not asked again.
        """
        kept = layout.DOWNLOADS / "python"
        words = ("--require-hashes", "--no-deps", "--prefer-binary", "-r", requirements)
        local = ("--find-links", kept)
        install = ("install", "--no-compile", *words, *local, *options)
        step.update("installing packages")
        if self._pip(*install, "--no-index", check=False):
            return
        total = len(re.findall(r"^\w", requirements.read_text(), re.MULTILINE))
        count = 0

        def progress(line: str) -> None:
            nonlocal count
            if line.startswith("Collecting "):
                count += 1
                name = line.split()[1].partition("=")[0]
                step.update(f"{count} of {total} packages, {name}")

        what = f"packages of {requirements.name}"
        self._pip("download", *words, "--dest", kept, what=what, on_line=progress)
        step.update("installing packages")
        # What has no wheel for this machine is built, with tools of the index.
        if not self._pip(*install, "--no-index", check=False):
            self._pip(*install, what=what)

    def _pip(self, *words: object, what: str = "pip", **options: Any) -> bool:
        code, _ = run(
            [self.python, "-m", "pip", *words, "--progress-bar", "off"],
            what=what,
            log=layout.SETUP_LOG,
            env=clean_environment(
                PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_CACHE_DIR="1"
            ),
            **options,
        )
        return code == 0

    def _create(self, step: Step) -> None:
        if importlib.util.find_spec("venv") is None:
            raise Failure(
                f"{sys.executable} has no venv module",
                "install the full Python (python3), or name another: PYTHON=…",
            )
        run(
            [sys.executable, "-m", "venv", "--without-pip", self.path],
            what=f"a virtual environment of {sys.executable}",
            log=layout.SETUP_LOG,
            remedy="name another Python: PYTHON=…",
        )
        wheel = _pip_wheel(step)
        run(
            [self.python, wheel / "pip", "install", "--no-index", wheel],
            what="pip",
            log=layout.SETUP_LOG,
        )


def _pip_wheel(step: Step) -> Path:
    """The wheel of pip that this Python brings, or else that of the archive.

    Debian's python3 brings none without python3-venv.
    """
    ensurepip = importlib.util.find_spec("ensurepip")
    bundled = Path(ensurepip.origin).parent / "_bundled" if ensurepip else Path()
    system = Path("/usr/share/python-wheels")
    for folder in (bundled, system):
        for wheel in folder.glob("pip-*.whl"):
            return wheel
    if not debian.is_at_hand():
        raise Failure(
            f"{sys.executable} comes without ensurepip, so there is no pip",
            "install your system's package for venv, or name another: PYTHON=…",
        )
    unpacked = layout.DOWNLOADS / "pip-wheel"
    for package in debian.Archive("machine").download(["python3-pip-whl"], step):
        debian.unpack(package, unpacked)
    return next(unpacked.glob(f"{system.relative_to('/')}/pip-*.whl"))
