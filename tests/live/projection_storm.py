"""Runs within Odoo's shell: writers, projectors and a killer, all at once.

`main` is called with the shell's `env`; what it returns goes back as JSON.
"""

import random
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager

import psycopg2

from odoo import api

from odoo.addons.mcp_audit import store
from odoo.addons.mcp_audit.event import BEGUN, FINISHED, OUTCOMES, Event
from odoo.addons.queue_job.exception import RetryableJobError

_WRITERS = 16
_PROJECTORS = 2
_ROWS = """
    SELECT day, user_id, login, method, tool, model, client_name, outcome, calls,
           errors, denials, request_bytes, response_bytes, timed, duration, histogram
      FROM mcp_audit_rollup
"""
#: Backends that fold, or are about to commit what they folded; until they are gone.
_KILL = """
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
     WHERE pid = ANY(%s) AND query ~ 'mcp_audit_(rollup|checkpoint)'
       AND state IN ('active', 'idle in transaction')
"""

_apart = store.apart


class Storm:
    """What the threads have in common."""

    def __init__(self, registry, seed, transactions):
        self.registry = registry
        self.seed = seed
        self.left = [transactions // _WRITERS] * _WRITERS
        self.counts = Counter()
        self.over = threading.Event()
        self.folding = set()
        # a connection that goes back to the pool may be a writer's in a moment
        self.still_folding = threading.Lock()
        self.errors = []

    def random(self, name):
        """Return the chance of one thread, the same for the same seed."""
        return random.Random(f"{self.seed} {name}")

    def write(self, number):
        """Append events in transactions of which some are rolled back."""
        chance = self.random(f"writer {number}")
        for _turn in range(self.left[number]):
            with self.registry.cursor() as cr:
                events = [self.event(chance) for _n in range(chance.randint(1, 4))]
                store.append(cr, events)
                # others get ids and commit meanwhile
                time.sleep(chance.choice([0, 0, 0.001, 0.01, 0.05]))
                if chance.random() < 0.25:
                    cr.rollback()
                    self.counts["rolled back"] += 1
                    continue
                cr.commit()
            self.counts["requests"] += sum(event.kind == FINISHED for event in events)

    def event(self, chance):
        return Event(
            chance.choice([FINISHED, FINISHED, FINISHED, BEGUN, "auth.failed"]),
            {
                "request_id": str(uuid.uuid4()),
                "user_id": chance.choice([None, 2, 6, 7]),
                "login": chance.choice(["wren", "finch"]),
                "method": "tools/call",
                "tool": chance.choice(["search", "read", "write"]),
                "outcome": chance.choice(OUTCOMES),
                "duration": round(chance.lognormvariate(3, 2), 3),
                "request_bytes": chance.randrange(10_000),
            },
        )

    def project(self, number):
        """Fold, again and again, whatever happens to the connection."""
        chance = self.random(f"projector {number}")
        while not self.over.is_set():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, api.SUPERUSER_ID, {})
                    env["mcp.audit.rollup"]._fold(size=chance.randint(1, 200))
                    self.counts["folds"] += 1
            except psycopg2.Error:
                self.counts["broken off"] += 1
            except RetryableJobError:
                self.counts["kept out"] += 1
            time.sleep(chance.random() / 100)

    @contextmanager
    def apart(self, registry, *, single=True):
        """As ``store.apart``, which projectors fold by: it may be killed within."""
        with _apart(registry, single=single) as cr:
            pid = cr.connection.info.backend_pid
            with self.still_folding:
                self.folding.add(pid)
            try:
                yield cr
                if not single:
                    cr.commit()
            finally:
                with self.still_folding:
                    self.folding.discard(pid)

    def kill(self):
        """Terminate a projector's backend now and then."""
        chance = self.random("killer")
        while not self.over.is_set():
            time.sleep(chance.random() / 20)
            with self.registry.cursor() as cr, self.still_folding:
                cr.execute(_KILL, [list(self.folding)])
                self.counts["kills"] += cr.fetchone()[0]

    def guarded(self, run, *values):
        try:
            run(*values)
        except Exception as error:  # noqa: BLE001, it is told
            self.errors.append(repr(error))


def main(env, seed, transactions):
    """Let the storm pass, and compare what was folded with a folding from zero.

    :return: counts, what went wrong in threads, and the rows that differ
    """
    env.cr.execute("SELECT count(*) FROM mcp_audit_event WHERE kind = %s", [FINISHED])
    [(before,)] = env.cr.fetchall()
    env.cr.commit()
    storm = Storm(env.registry, seed, transactions)
    others = [
        threading.Thread(target=storm.guarded, args=(storm.project, number))
        for number in range(_PROJECTORS)
    ]
    others.append(threading.Thread(target=storm.guarded, args=(storm.kill,)))
    writers = [
        threading.Thread(target=storm.guarded, args=(storm.write, number))
        for number in range(_WRITERS)
    ]
    store.apart = storm.apart
    for thread in (*others, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    storm.over.set()
    for thread in others:
        thread.join()
    store.apart = _apart

    rollups = env["mcp.audit.rollup"]
    rollups._fold()
    folded = _rows(env)
    rollups._rebuild()
    rebuilt = _rows(env)
    env.cr.execute("SELECT sum(calls) FROM mcp_audit_rollup")
    [(calls,)] = env.cr.fetchall()
    return {
        "counts": storm.counts,
        "errors": storm.errors,
        "before": before,
        "calls": int(calls),
        "differences": sorted(folded ^ rebuilt),
    }


def _rows(env):
    env.cr.rollback()
    env.cr.execute(_ROWS)
    return {repr(row) for row in env.cr.fetchall()}
