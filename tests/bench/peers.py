"""Two other MCP servers for Odoo, each a process beside the same Odoo.

They are what PyPI has, in an environment of their own, as their documentation starts
them, over streamable HTTP.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bootstrap import ports
from bootstrap.console import Failure, Step
from bootstrap.environment import Environment
from bootstrap.instance import Instance
from bootstrap.processes import clean_environment, spawn

from . import requests
from .turns import Scenario, measure, ratio

_START_SECONDS = 60
_LIMIT = 80


def measured(
    odoo: Instance, log: Path, rounds: int, seed: int, minutes: float, step: Step
) -> tuple[list[str], dict[str, float]]:
    """Return lines for people, and ratios by name: search of 80 records ÷ /json/2."""
    with running(odoo, log, step) as doors:
        scenarios = [
            own := Scenario("/json/2 80", requests.json2(odoo, _LIMIT)),
            ours := Scenario("this server", requests.legacy_search(odoo, _LIMIT)),
            *(
                Scenario(name, requests.peer_search(port, _LIMIT))
                for name, port in doors.items()
            ),
        ]
        ids = requests.ids(ours.call.send()[1])
        for scenario in scenarios[2:]:
            assert requests.ids(scenario.call.send()[1]) == ids, scenario.name
        measure(
            scenarios,
            rounds=rounds,
            calls=5,
            seed=seed,
            deadline=time.monotonic() + 60 * minutes,
            tell=step.update,
        )
    ratios = {scenario.name: ratio(scenario, own) for scenario in scenarios[1:]}
    lines = [
        f"search of 80 records in a session ÷ /json/2: {name} {figure:.2f}"
        for name, figure in ratios.items()
    ]
    return lines, ratios


@contextmanager
def running(odoo: Instance, log: Path, step: Step) -> Iterator[dict[str, int]]:
    """Start the other servers, and yield the port of each by its name."""
    environment = Environment("peers")
    environment.build(step)
    folder = environment.python.parent
    address = {"ODOO_URL": odoo.web_url, "ODOO_DB": odoo.database}
    with ExitStack() as stack:
        doors = {}
        for name, settings in (
            (
                "mcp-server-odoo",
                {
                    "ODOO_API_KEY": odoo.keys["rpc"],
                    "ODOO_USER": "demo",
                    "ODOO_YOLO": "read",
                },
            ),
            ("odoo-mcp", {"ODOO_USERNAME": "demo", "ODOO_PASSWORD": odoo.keys["rpc"]}),
        ):
            port = ports.any_free()
            words = ["--transport", "streamable-http", "--host", ports.HOST]
            process = spawn(
                [folder / name, *words, "--port", str(port)],
                log=log,
                env=clean_environment(**address, **settings),
                cwd=log.parent,
            )
            stack.callback(process.end, 15, 10.0)
            _wait(name, port, process, log)
            doors[name] = port
        yield doors


def _wait(name, port, process, log):
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.is_alive():
        with socket.socket() as wire:
            if wire.connect_ex((ports.HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise Failure(f"{name} does not start", f"the reason should be in {log}")
