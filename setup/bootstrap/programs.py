"""Programs of Debian's archive, unpacked beside the machine instead of installed.

What a program needs and the machine lacks is unpacked with it.
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import debian
from .building import built
from .console import Step


@dataclass(frozen=True, slots=True)
class Program:
    """path: what to start; variables: of its environment, beside the usual."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)

    def starts(self, *words: str) -> bool:
        """Whether it starts: a name on PATH may be a note that it is elsewhere."""
        environment = {**os.environ, **self.variables}
        try:
            done = subprocess.run(
                [self.path, *words],
                env=environment,
                capture_output=True,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def unpack(package: str, folder: Path, step: Step) -> bool:
    """Lays a package into `folder`, unless it is there; False where there is none.

    :raises Failure: the archive has it, but does not give it
    """
    if folder.exists():
        return True
    if not debian.is_at_hand():
        return False
    step.update(f"asking apt for {package}")
    archive = debian.Archive("machine")
    packages = archive.missing(package)
    if not packages:
        return False
    with built(folder) as part:
        for path in archive.download(packages, step):
            step.update(f"unpacking {path.name.partition('_')[0]}")
            debian.unpack(path, part)
        _write_font_list(part, folder)
    return True


def unpacked(folder: Path, program: str) -> Program:
    """A program of a package that :func:`unpack` laid into `folder`."""
    libraries = {path.parent for path in folder.rglob("*.so*") if path.is_file()}
    return Program(
        folder / program,
        {
            "LD_LIBRARY_PATH": ":".join(map(str, sorted(libraries))),
            "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        },
    )


def _write_font_list(part: Path, folder: Path) -> None:
    fonts = (folder / "usr/share/fonts", Path("/usr/share/fonts"))
    lines = "".join(f"<dir>{path}</dir>" for path in fonts)
    (part / "fonts.conf").write_text(
        f"<fontconfig>{lines}<cachedir>{folder}/cache</cachedir></fontconfig>\n"
    )
