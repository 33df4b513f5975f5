"""The checks of the suite lint. Each returns what is wrong, or an empty string."""

import ast
import json
import re
import subprocess
from pathlib import Path

from . import layout, modules, translations
from .processes import run

# In pieces, so that this file does not name what no file may name.
_REGISTRIES = (
    ("py", "pi.org"),
    ("python", "hosted.org"),
    ("npm", "js.org"),
    ("npm", "js.com"),
    ("deb.", "debian.org"),
    ("ftp.", "debian.org"),
    ("security.", "debian.org"),
    ("archive.", "ubuntu.com"),
    ("ports.", "ubuntu.com"),
)
_MACHINE_PATH = re.compile(rb"(?<![\w./-])/(?:wo" rb"rk|ro" rb"ot)/[\w.-]")


def _ruff(python: Path, log: Path) -> str:
    """ruff finds nothing"""
    return _tool(log, python, "-m", "ruff", "check", "--no-fix", *_RUFF)


def _ruff_format(python: Path, log: Path) -> str:
    """ruff would format nothing differently"""
    return _tool(log, python, "-m", "ruff", "format", "--check", *_RUFF)


def _pylint(python: Path, log: Path) -> str:
    """pylint-odoo finds nothing of what OCA makes mandatory"""
    words = ("--rcfile=.pylintrc-mandatory", "--output-format=text", "--jobs=2")
    return _tool(log, python, "-m", "pylint", *words, *layout.addons())


def _protocol_is_plain(_python: Path, _log: Path) -> str:
    """mcp_core/protocol imports no odoo"""
    found = []
    for path in sorted((layout.PROJECT / "mcp_core" / "protocol").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            if any(name.partition(".")[0] == "odoo" for name in names):
                found.append(f"{path.relative_to(layout.PROJECT)}:{node.lineno}")
    return "\n".join(found)


def _no_registry(_python: Path, _log: Path) -> str:
    """no file names a package registry's host"""
    hosts = "|".join(re.escape(start + end) for start, end in _REGISTRIES)
    return _search(re.compile(hosts.encode()))


def _no_machine_path(_python: Path, _log: Path) -> str:
    """no file names a path of one machine"""
    return _search(_MACHINE_PATH)


def _addons_are_whole(_python: Path, _log: Path) -> str:
    """every addon has its manifest, icon, translations template and package data"""
    missing = []
    for addon in layout.addons():
        for name in (
            f"i18n/{addon}.pot",
            "pyproject.toml",
            "readme/DESCRIPTION.md",
            "static/description/icon.png",
        ):
            if not (layout.PROJECT / addon / name).is_file():
                missing.append(f"{addon}/{name} is missing")
        manifest = modules.manifest(addon)
        for key, value in (
            ("license", "LGPL-3"),
            ("development_status", "Beta"),
        ):
            if manifest.get(key) != value:
                missing.append(f"{addon}: {key} is not {value}")
        if not manifest.get("version", "").startswith("19.0."):
            missing.append(f"{addon}: version does not begin with 19.0.")
    return "\n".join(missing)


def _translations_are_whole(_python: Path, _log: Path) -> str:
    """every addon is translated, term for term"""
    return "\n".join(translations.problems())


def _compose_file_is_one(python: Path, log: Path) -> str:
    """setup/compose is YAML, and names only files and addons that are there"""
    folder = layout.SETUP / "compose"
    code = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"
    made = subprocess.run(
        [python, "-c", code],
        stdin=(folder / "compose.yaml").open(),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        return made.stderr
    missing = [
        f"{name} has neither image nor build"
        for name, service in json.loads(made.stdout)["services"].items()
        if not {"image", "build"} & set(service)
    ]
    lines = (folder / "Dockerfile").read_text().splitlines()
    copied = {
        word
        for line in lines
        if line.startswith("COPY ")
        for word in line.split()[1:-1]
    }
    wanted = copied | set(layout.addons())
    missing += [
        f"{name} is not copied, or is not there"
        for name in sorted(wanted)
        if name not in copied or not (layout.PROJECT / name).exists()
    ]
    return "\n".join(missing)


def _pins_are_compiled(_python: Path, _log: Path) -> str:
    """every pin of setup/requirements/*.in is in its *.txt"""
    stale = []
    for source in sorted(layout.REQUIREMENTS.glob("*.in")):
        compiled = source.with_suffix(".txt")
        if not compiled.exists():
            continue
        known = _normal(compiled.read_text())
        for line in source.read_text().splitlines():
            # the compiled file writes the markers behind a pin in its own words
            pin = line.partition(";")[0].strip()
            exact = re.match(r"\w[^*]*$", pin)
            if exact and not re.search(
                rf"^{re.escape(_normal(pin))}\b", known, re.MULTILINE
            ):
                stale.append(f"{line}: run setup/requirements/compile")
    return "\n".join(stale)


CHECKS = (
    _ruff,
    _ruff_format,
    _pylint,
    _protocol_is_plain,
    _no_registry,
    _no_machine_path,
    _addons_are_whole,
    _translations_are_whole,
    _compose_file_is_one,
    _pins_are_compiled,
)
_RUFF = (".", "--cache-dir", str(layout.HOME / "cache" / "ruff"))


def _normal(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _tool(log: Path, *command: object) -> str:
    code, lines = run(
        command, what=str(command[2]), log=log, cwd=layout.PROJECT, check=False
    )
    return "\n".join(lines) if code else ""


def _search(pattern: re.Pattern[bytes]) -> str:
    found = []
    for path in _own_files():
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if pattern.search(line):
                name = path.relative_to(layout.PROJECT)
                found.append(f"{name}:{number}: {line.decode(errors='replace')[:120]}")
    return "\n".join(found)


def _own_files() -> list[Path]:
    """The files that are in git or would be, where this is a checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=layout.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [layout.PROJECT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [
            path
            for path in layout.PROJECT.rglob("*")
            if layout.HOME not in path.parents and "__pycache__" not in path.parts
        ]
    return [path for path in paths if path.is_file()]
