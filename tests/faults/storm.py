"""Callers that go on whatever happens, and what happens to the servers meanwhile."""

import itertools
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

MODERN = "2026-07-28"
_CALLERS = 12
#: A server that cannot be reached for so many seconds is not coming back.
_PATIENCE = 120
_META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool.

    :param token: what the change would leave in the database, and nothing else does
    :param changes: whether it changes something when it succeeds
    """

    number: int
    tool: str
    token: str
    arguments: dict
    changes: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller was told, ``None`` for both where the connection broke."""

    call: Call
    status: int | None
    failed: bool | None

    @property
    def promised(self):
        """Whether the caller was told that it is done."""
        return self.status == 200 and self.failed is False


class Storm:
    """Mixed calls of many callers at once, and faults in between.

    :param seed: of the calls and of the faults; when they meet is up to the machine
    :param parents: ids of partners to write to
    """

    def __init__(self, url, key, seed, parents):
        self._url = url
        self._headers = {
            "authorization": f"Bearer {key}",
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": MODERN,
            "mcp-method": "tools/call",
        }
        self._seed = seed
        self._parents = parents
        self._random = random.Random(seed)
        self.faults = random.Random(seed + 1)
        self._numbers = itertools.count()
        self.kills = 0
        self.stops = 0
        self.over = threading.Event()
        self._pause = threading.Lock()

    def calls(self, count):
        """Return *count* calls more, the same for the same seed."""
        return [self._call(next(self._numbers)) for _ in range(count)]

    def _call(self, number):
        token = f"storm-{self._seed}-{number}"
        parent = self._random.choice(self._parents)
        kind = self._random.choices(
            ["create", "write", "several", "dry", "wrong", "search"],
            [5, 4, 2, 1, 2, 3],
        )[0]
        child = {"child_ids": [{"create": {"name": token}}]}
        tool, changes, arguments = {
            "create": ("create", True, {"records": [{"name": token}]}),
            "several": ("create", True, {"records": [{"name": token}, {"name": "x"}]}),
            "write": ("write", True, {"ids": [parent], "values": child}),
            "dry": ("create", False, {"records": [{"name": token}], "dry_run": True}),
            "wrong": ("create", False, {"records": [{"name": token, "no": 1}]}),
            "search": ("search", False, {"domain": [["name", "=", token]]}),
        }[kind]
        return Call(number, tool, token, {"model": "res.partner", **arguments}, changes)

    def run(self, calls):
        """Send all calls and return their answers, in the order of the calls."""
        with ThreadPoolExecutor(_CALLERS) as pool:
            return list(pool.map(self._send, calls))

    def _send(self, call):
        message = {
            "jsonrpc": "2.0",
            "id": call.number,
            "method": "tools/call",
            "params": {"name": call.tool, "arguments": call.arguments, "_meta": _META},
        }
        headers = self._headers | {"mcp-name": call.tool}
        deadline = time.monotonic() + _PATIENCE
        while True:
            # nobody calls a server that is being started again
            with self._pause:
                pass
            try:
                response = httpx.post(
                    self._url,
                    json=message,
                    headers=headers,
                    timeout=60,
                    trust_env=False,
                )
            except httpx.ConnectError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
                continue
            except httpx.HTTPError:
                return Answer(call, None, None)
            body = response.json()
            failed = "error" in body or body["result"].get("isError", False)
            return Answer(call, response.status_code, failed)

    # Faults

    def kill_workers(self, instance, wanted):
        """Kill one worker after the other until *wanted* are killed."""
        while self.kills < wanted and not self.over.is_set():
            time.sleep(self.faults.uniform(0.02, 0.25))
            with self._pause:
                if not instance.is_running:
                    # it is started again in a moment
                    continue
                workers = _workers(instance.process.pid)
                if not workers:
                    continue
                try:
                    os.kill(self.faults.choice(workers), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self.kills += 1

    def keep_running(self, instance):
        """Start a server again that has ended, as a service manager would.

        Odoo's own parent process may end when PostgreSQL is stopped, and on a busy
        machine it does so long afterwards.
        """
        while not self.over.wait(0.2):
            with self._pause:
                if not instance.is_running:
                    instance.kill()
                    instance.start()

    def stop_postgresql(self, cluster):
        """Stop the database at once, as a crash would, and start it again."""
        with self._pause:
            process = cluster.process
            process.signal(signal.SIGQUIT)
            assert process.wait(60.0)
            cluster.start()
            self.stops += 1


def _workers(pid):
    """Return the processes that answer requests for the server *pid*."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if not _is_gevent(child)]


def _is_gevent(pid):
    try:
        return b"gevent" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True
