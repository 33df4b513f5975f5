"""The Odoo 19 to run: the one at ODOO_HOME, Debian's package, or a git clone."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian, layout
from .building import built
from .console import READY, Failure, Step, say
from .environment import Environment
from .processes import run

SERIES = "19.0"
_PACKAGE = "odoo-19"
_PINNED = "19.0.0+dfsg-1"
# Packages that static files of Odoo's package link into.
_LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
_REPOSITORY = "https://github.com/odoo/odoo.git"


@dataclass(frozen=True, slots=True)
class OdooSource:
    """An Odoo on disk.

    script: what starts it; python_path: where `import odoo` finds it; addons: the
    folders of its addons.
    """

    script: Path
    python_path: Path
    addons: tuple[Path, ...]

    @property
    def version(self) -> str:
        """Such as 19.0, as odoo/release.py has it; empty if that says nothing."""
        text = (self.python_path / "odoo" / "release.py").read_text()
        match = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
        return ".".join(match.groups()) if match else ""


def find(folder: Path) -> OdooSource | None:
    """The Odoo in `folder`: a source checkout, or what a package unpacks to."""
    packages = folder / "usr" / "lib" / "python3" / "dist-packages"
    places = (
        (folder / "odoo-bin", folder),
        (folder / "usr" / "bin" / "odoo", packages),
        (folder / "bin" / "odoo", folder),
    )
    for script, python_path in places:
        if script.is_file() and (python_path / "odoo" / "release.py").is_file():
            addons = (folder / "addons", python_path / "odoo" / "addons")
            return OdooSource(
                script, python_path, tuple(path for path in addons if path.is_dir())
            )
    return None


def from_home(home: str) -> OdooSource:
    """The Odoo that ODOO_HOME names.

    :raises Failure: where there is none, or not of the series 19.0
    """
    source = find(Path(home).expanduser().resolve())
    remedy = f"point it at an Odoo {SERIES} checkout (odoo-bin, odoo/, addons/)"
    if source is None:
        raise Failure(f"ODOO_HOME={home} holds no Odoo", f"{remedy}, or unset it")
    if source.version != SERIES:
        raise Failure(
            f"ODOO_HOME={home} holds Odoo {source.version or 'of no known version'}",
            f"{remedy}, or unset it",
        )
    return source


def provide(environment: Environment, step: Step) -> OdooSource:
    """An Odoo 19, downloaded where it is not here yet.

    :raises Failure: neither archive nor git gives one
    """
    if home := os.environ.get("ODOO_HOME"):
        step.outcome = f"yours, {home}"
        return from_home(home)
    folder = layout.HOME / f"odoo-{layout.digest(_PINNED, *_LINKED)}"
    if (source := find(folder)) is not None:
        step.outcome = READY
        return source
    with built(folder) as part:
        if not _from_archive(part, environment, step):
            _from_git(part, step)
        source = find(part)
        if source is None or source.version != SERIES:
            raise Failure(
                f"what was downloaded is no Odoo {SERIES}",
                "name an Odoo of your own by ODOO_HOME",
            )
    return find(folder)


def _from_archive(folder: Path, environment: Environment, step: Step) -> bool:
    """Unpacks Odoo's package; False where the archive has none."""
    if not debian.is_at_hand():
        return False
    step.update("asking apt for the archive")
    distribution = debian.Archive("machine").distribution()
    if distribution is None:
        return False
    suite, components = {
        "Debian": ("unstable", "main"),
        "Ubuntu": ("devel", "main universe"),
    }[distribution.name]
    archive = debian.Archive(suite, distribution.source(suite, components))
    try:
        version = archive.version(_PACKAGE)
    except Failure as failure:
        say(f"the archive cannot be asked for {suite}: {failure.message}")
        return False
    if version is None:
        return False
    if version != _PINNED:
        say(f"{_PACKAGE} {_PINNED} is gone from the archive, taking {version}")
    packages = [f"{_PACKAGE}={version}", *_LINKED]
    for package in archive.download(packages, step):
        step.update(f"unpacking {package.name.partition('_')[0]}")
        debian.unpack(package, folder)
    _mend_links(folder, environment)
    step.outcome = f"{version} of {distribution.name}'s archive"
    return True


def _mend_links(folder: Path, environment: Environment) -> None:
    """Replaces links to fonts that the packages of today name differently.

    Debian's Font Awesome has moved on to a version whose icons have other codes;
    Odoo needs 4.7, which the Python environment brings.
    """
    icons = environment.site_packages / "xstatic/pkg/font_awesome/data/fonts"
    inconsolata = folder / "usr/share/fonts/opentype/inconsolata"
    dangling = []
    for path in (folder / "usr/lib/python3/dist-packages").rglob("*"):
        if not path.is_symlink() or path.exists():
            continue
        if path.name == "Inconsolata.otf":
            font = inconsolata / "Inconsolata-Regular.otf"
        else:
            font = icons / path.name
        if font.is_file():
            path.unlink()
            shutil.copyfile(font, path)
        else:
            dangling.append(path.name)
    if dangling:
        say(f"Odoo's package links to missing files: {', '.join(dangling)}")


def _from_git(folder: Path, step: Step) -> None:
    if shutil.which("git") is None:
        raise Failure(
            "Odoo 19 must be cloned and there is no git",
            "install git, or name an Odoo of your own by ODOO_HOME",
        )
    step.update(f"cloning {_REPOSITORY}")
    run(
        ["git", "clone", "--quiet", "--depth", "1", "--single-branch"]
        + ["--branch", SERIES, _REPOSITORY, str(folder)],
        what="Odoo's source",
        log=layout.SETUP_LOG,
        remedy="check the connection, or name an Odoo of your own by ODOO_HOME",
    )
    step.outcome = f"cloned, branch {SERIES}"
