"""A Chromium for the tests: the machine's own, or one unpacked beside it.

Debian has one without windows, in a package that needs few others; those which the
machine lacks are unpacked with it. Nothing is installed.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import debian, layout
from .building import built
from .console import READY, Failure, Step

_NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
_PACKAGE = "chromium-headless-shell"
_PROGRAM = f"usr/lib/chromium/{_PACKAGE}"
_REMEDY = "install Chromium, or name one: MCP_TEST_CHROMIUM=/path/to/chromium"


@dataclass(frozen=True, slots=True)
class Chromium:
    """program: what to start; variables: of its environment, beside the usual."""

    program: Path
    variables: dict[str, str] = field(default_factory=dict)

    def works(self) -> bool:
        """Whether it starts: a name on PATH may be a note that it is elsewhere."""
        words = [self.program, "--version", "--no-sandbox"]
        environment = {**os.environ, **self.variables}
        try:
            done = subprocess.run(
                words, env=environment, capture_output=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def provide(step: Step) -> Chromium:
    """A Chromium that works, downloaded where the machine has none.

    :raises Failure: none is to be had
    """
    if named := os.environ.get("MCP_TEST_CHROMIUM"):
        step.outcome = f"yours, {named}"
        return Chromium(Path(named))
    for name in _NAMES:
        found = shutil.which(name)
        if found and Chromium(Path(found)).works():
            step.outcome = READY
            return Chromium(Path(found))
    return _unpacked(step)


def _unpacked(step: Step) -> Chromium:
    folder = layout.HOME / _PACKAGE
    if not folder.exists():
        if not debian.is_at_hand():
            raise Failure("there is no Chromium on PATH", _REMEDY)
        step.update("asking apt for Chromium")
        archive = debian.Archive("machine")
        packages = archive.missing(_PACKAGE)
        if not packages:
            raise Failure(f"the archive has no {_PACKAGE}", _REMEDY)
        with built(folder) as part:
            for package in archive.download(packages, step):
                step.update(f"unpacking {package.name.partition('_')[0]}")
                debian.unpack(package, part)
            _write_font_list(part, folder)
    chromium = Chromium(
        folder / _PROGRAM,
        {
            "LD_LIBRARY_PATH": ":".join(map(str, _libraries(folder))),
            "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        },
    )
    if not chromium.works():
        raise Failure(f"the Chromium in {folder} does not start", _REMEDY)
    return chromium


def _libraries(folder: Path) -> list[Path]:
    """The folders that hold shared libraries."""
    return sorted({path.parent for path in folder.rglob("*.so*") if path.is_file()})


def _write_font_list(part: Path, folder: Path) -> None:
    fonts = (folder / "usr/share/fonts", Path("/usr/share/fonts"))
    lines = "".join(f"<dir>{path}</dir>" for path in fonts)
    (part / "fonts.conf").write_text(
        f"<fontconfig>{lines}<cachedir>{folder}/cache</cachedir></fontconfig>\n"
    )
