"""setup/run: an Odoo 19 with demo data that speaks MCP."""

import argparse
import json
import os
import signal
import time
from pathlib import Path

from . import clients, data_folder, layout, modules, ports, postgres, toolchain
from .console import READY, Failure, Steps, Terminated, main, say
from .data_folder import DataFolder, State
from .options import COMMAND, PORT, parse
from .processes import this_process


def run() -> int:
    """The command; its exit code."""
    arguments = parse()
    folder = DataFolder(arguments.data.expanduser().resolve())
    if arguments.stop:
        return _stop(folder, arguments.reset)
    if arguments.reset:
        _halt(folder)
    # With a supervisor that is gone, it is what a killed run left behind.
    serves = folder.server and not folder.load().is_orphan
    if arguments.new_keys and serves:
        return _Run(arguments, folder).replace_keys()
    if not folder.claim() or serves:
        raise Failure(
            f"it runs already, or is being started ({folder.path})",
            f"stop it ({_stop_command(folder)}) or name another folder: --data DIR",
        )
    return _Run(arguments, folder).go()


def _stop(folder: DataFolder, reset: bool) -> int:
    if not folder.path.exists():
        say("nothing is running")
        return 0
    stopped = _halt(folder)
    say("stopped" if stopped else "nothing is running")
    if reset:
        folder.claim()
        _reset(folder, None)
        say(f"removed the database and files in {folder.path}")
    return 0


def _halt(folder: DataFolder) -> bool:
    """Stops whatever runs on the folder; whether anything did."""
    if not folder.path.exists():
        return False
    running = data_folder.stop_supervisor(folder.load())
    if server := folder.server:
        server.end(signal.SIGTERM, 30.0)
        running = True
    cluster = postgres.Cluster(Path(), folder.cluster, folder.postgres_log)
    if cluster.process:
        cluster.stop()
        running = True
    return running


def _reset(folder: DataFolder, tools: toolchain.Toolchain | None) -> None:
    if postgres.is_named():
        tools = tools or toolchain.provide(Steps(quiet=True))
        tools.activate()
        from .database import Database

        Database(postgres.NamedServer(), _database_name(folder)).drop()
    folder.clear()


def _database_name(folder: DataFolder) -> str:
    if postgres.is_named():
        mark = layout.digest(str(folder.path))
        return os.environ.get("PGDATABASE") or f"odoo_mcp_{mark}"
    return "odoo"


def _stop_command(folder: DataFolder) -> str:
    if folder.path == layout.RUN_DATA:
        return f"{COMMAND} --stop"
    return f"{COMMAND} --stop --data {folder.path}"


class _Run:
    """One start, from the toolchain to the last line printed."""

    def __init__(self, arguments: argparse.Namespace, folder: DataFolder):
        self._arguments = arguments
        self._folder = folder
        self._others = [arguments.addons] if arguments.addons else []
        self._steps = Steps(toolchain.STEPS + 3)
        self._postgres = None
        self._instance = None
        self._state = folder.load()

    def go(self) -> int:
        """Starts everything, and stays until Ctrl-C unless it is detached."""
        _halt(self._folder)  # what a killed run left
        self._state.port = self._choose_port()
        tools = toolchain.provide(self._steps)
        tools.activate()
        if self._arguments.reset:
            _reset(self._folder, tools)
            self._state = State(port=self._state.port)
        self._state.supervisor = this_process()
        self._folder.save(self._state)
        keep = False
        try:
            self._start(tools)
            keep = self._arguments.detach
            if not keep:
                self._watch()
        finally:
            if not keep:
                self._end()
        return 0

    def _choose_port(self) -> int:
        wanted = self._arguments.port
        if wanted is None and self._folder.path != layout.RUN_DATA:
            # Instances side by side: the first start finds a port and keeps it.
            wanted = self._state.port or ports.next_free(PORT)
        wanted = wanted or PORT
        if not ports.is_free(wanted):
            raise Failure(
                f"port {wanted} is taken by another program",
                f"stop that, or take another port: {COMMAND} --port"
                f" {ports.next_free(wanted + 1)}",
            )
        return wanted

    def _server(self, tools: toolchain.Toolchain):
        # psycopg2 can be imported only now that the environment is there.
        from .database import Database
        from .server import Server

        if postgres.is_named():
            self._postgres = postgres.NamedServer()
        else:
            self._postgres = postgres.Cluster(
                tools.postgres, self._folder.cluster, self._folder.postgres_log
            )
        database = Database(self._postgres, _database_name(self._folder))
        return Server(tools, database, self._folder.path)

    def _start(self, tools: toolchain.Toolchain) -> None:
        from .instance import Instance

        server = self._server(tools)
        with self._steps.step("PostgreSQL") as step:
            self._postgres.start()
            step.outcome = "running" if self._postgres.embedded else "yours"
        path = ",".join(map(str, (*self._others, *tools.addons_path)))
        options = {"addons_path": path}
        self._instance = Instance(
            server,
            port=self._state.port,
            workers=self._arguments.workers,
            options=options,
        )
        with self._steps.step("Database") as step:
            fresh = self._prepare_database(server, options, step)
        mint = (
            fresh
            or self._arguments.new_keys
            or self._arguments.detach
            or not self._state.provisioned
        )
        keys = {}
        with self._steps.step("Odoo server") as step:
            self._instance.launch()
            if mint:
                step.update("making keys")
                keys = self._provision(server)
            step.update("waiting for it to answer")
            self._instance.wait()
            step.outcome = f"answers at {self._instance.url}"
        self._show(keys)

    def _prepare_database(self, server, options, step) -> bool:
        """Makes, finishes or updates the database; whether it is a new one."""
        database = server.database
        addons = layout.addons()
        for folder in self._others:
            addons += layout.addons(folder)
        current = f"ready, addons {layout.digest_of_addons(*self._others)}"
        mark = database.mark
        if mark == current:
            step.outcome = READY
            return False
        server.configure(self._state.port, self._state.port, options=options)
        if mark and mark.startswith("ready"):
            step.update("updating the addons")
            server.install(addons, update=addons, on_progress=step.update)
            database.mark = current
            step.outcome = "addons updated"
            return False
        step.update("creating")
        database.drop()
        database.create()
        server.install((*modules.APPS, *addons), on_progress=step.update)
        database.mark = current
        return True

    def _provision(self, server) -> dict[str, str]:
        from .server import provision

        keys = provision(server)
        self._state.provisioned = True
        self._folder.save(self._state)
        return keys

    def replace_keys(self) -> int:
        """New keys for an instance that runs in the background."""
        tools = toolchain.provide(Steps(quiet=True))
        tools.activate()
        server = self._server(tools)
        with Steps().step("New keys"):
            keys = self._provision(server)
        print(json.dumps({"keys": keys}))
        return 0

    def _show(self, keys: dict[str, str]) -> None:
        instance = self._instance
        if self._arguments.detach:
            self._state.supervisor = None
            self._folder.save(self._state)
            facts = {
                "url": instance.url,
                "web_url": instance.web_url,
                "database": instance.database,
                "keys": keys,
            }
            print(json.dumps(facts), flush=True)
            return
        lines = [
            "",
            f"MCP endpoint  {instance.url}",
            f"Web client    {instance.web_url} (admin/admin, demo/demo)",
            "              Both are reached from this machine only.",
        ]
        if keys:
            lines += [
                f"Key of admin  {keys['admin']}  (MCP Administrator)",
                f"Key of demo   {keys['demo']}  (MCP User)",
                "The keys are shown this once; --new-keys replaces them.",
                "",
                clients.describe(instance.url, keys["demo"]),
            ]
        else:
            lines += [
                "Keys          shown when they were made; --new-keys replaces them",
                "",
                clients.describe(instance.url, "KEY"),
            ]
        lines += ["", f"Log: {instance.log}", "Ctrl-C stops everything."]
        print("\n".join(lines), flush=True)

    def _watch(self) -> None:
        """Waits for Ctrl-C.

        :raises Failure: Odoo ended by itself
        """
        try:
            while self._instance.is_running:
                time.sleep(0.3)
        except Terminated:
            return
        raise Failure("Odoo ended by itself", f"the reason is in {self._instance.log}")

    def _end(self) -> None:
        """Stops everything; a second Ctrl-C does not hurry it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if self._instance and self._instance.process:
            say("stopping")
            self._instance.stop()
        if self._postgres:
            self._postgres.stop()
        self._state.supervisor = None
        self._folder.save(self._state)


if __name__ == "__main__":
    main(COMMAND, run)
