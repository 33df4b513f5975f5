"""How fast retention deletes, and what writers notice of it.

For a database of its own that has mcp_audit and may be thrown away afterwards::

    ROWS=5000000 odoo shell -d DATABASE --no-http < tests/scale/retention.py

HOLDS=n places holds that all have to be looked at; MIXED=1 keeps two groups for longer,
so that seals lose only a part; PAYLOADS=1 gives every request something to delete;
RESUME=1 goes on with what an earlier run, which was killed, has left.
"""

import os
import statistics
import threading
import time

from odoo.addons.mcp_audit import store
from odoo.addons.mcp_audit.event import FINISHED, Event
from odoo.addons.mcp_audit.models import mcp_audit_purge_job

ROWS = int(os.environ.get("ROWS", "5000000"))
HOLDS = int(os.environ.get("HOLDS", "0"))
MIXED = os.environ.get("MIXED") == "1"
PAYLOADS = os.environ.get("PAYLOADS") == "1"
SEAL = 10_000

GENERATE = """
INSERT INTO mcp_audit_event (time, kind, request_id, user_id, login, credential,
    address, client_name, revision, method, tool, model, outcome, http_status,
    duration, request_bytes, response_bytes, request_digest)
SELECT now() at time zone 'utc' - interval '800 days' + n * interval '5 seconds',
       CASE n %% 20 WHEN 0 THEN 'auth.failed' WHEN 1 THEN 'settings.changed'
                   ELSE 'request.finished' END,
       'scale' || %(start)s || '-' || n, n %% 500, 'user' || n %% 500,
       'apikey:' || n %% 500, '192.0.2.' || n %% 250, 'client', '2025-06-18',
       'tools/call', (ARRAY['search', 'read', 'write', 'count'])[1 + n %% 4],
       'res.partner', 'success', 200, 12.5, 300, 2000, repeat('0', 64)
  FROM generate_series(1, %(rows)s) AS n
"""
SEALS = """
CREATE TABLE IF NOT EXISTS mcp_audit_seal (
    id bigserial PRIMARY KEY, first_id bigint, last_id bigint, count integer,
    root varchar, previous varchar, signature varchar, key_id varchar, time timestamp);
"""
SEALED = """
INSERT INTO mcp_audit_seal (first_id, last_id, time)
SELECT min(id), max(id), max(time) + interval '1 minute' FROM mcp_audit_event
 WHERE id > (SELECT COALESCE(max(last_id), 0) FROM mcp_audit_seal)
 GROUP BY id / %s ORDER BY 1
"""
CONTENTS = """
INSERT INTO mcp_audit_payload (time, request_id, side, salt, body, size, full_digest)
SELECT time, request_id, 'request', md5(request_id),
       (SELECT string_agg(md5(request_id || i), '') FROM generate_series(1, 25) AS i),
       800, repeat('0', 64)
  FROM mcp_audit_event WHERE kind = 'request.finished' AND request_id LIKE 'scale%%'
 ORDER BY id
"""


class Writer(threading.Thread):
    """Appends as a request does, all the time, and notes how long that takes."""

    def __init__(self, registry):
        super().__init__(daemon=True)
        self._registry, self.taken, self.over = registry, [], False

    def run(self):
        with store.apart(self._registry) as cr:
            while not self.over:
                began = time.perf_counter()
                store.append(cr, [Event(FINISHED, {"tool": "scale", "user_id": 1})])
                self.taken.append((time.perf_counter() - began) * 1000)
                time.sleep(0.005)

    def said(self):
        if len(self.taken) < 20:
            return "too few"
        parts = statistics.quantiles(self.taken, n=100)
        return (
            f"{len(self.taken)} appends, p50 {parts[49]:.2f} ms,"
            f" p95 {parts[94]:.2f} ms, p99 {parts[98]:.2f} ms,"
            f" max {max(self.taken):.1f} ms"
        )


def measured(name, work, registry):
    writer = Writer(registry)
    writer.start()
    began = time.perf_counter()
    result = work()
    taken = time.perf_counter() - began
    writer.over = True
    writer.join()
    print(f"{name}: {taken:.1f} s; {writer.said()}")
    return result, taken


def timed_steps(model, steps):
    """Note how long each transaction takes."""
    original = type(model)._apart

    def apart(self, step, rows):
        began = time.perf_counter()
        result = original(self, step, rows)
        steps.append((time.perf_counter() - began) * 1000)
        return result

    type(model)._apart = apart


def generate(env):
    cr = env.cr
    began = time.perf_counter()
    cr.execute(SEALS)
    cr.execute(GENERATE, {"rows": ROWS, "start": int(time.time())})
    cr.execute(SEALED, [SEAL])
    if PAYLOADS:
        cr.execute(CONTENTS)
    for n in range(HOLDS):
        env["mcp.audit.hold"].create(
            {"name": f"h{n}", "reason": "scale", "tool_names": "no_such_tool"}
        ).action_place()
    days = env["ir.config_parameter"]
    keep = 100 * 365 if MIXED else 10
    for name, value in (("requests", 10), ("security", keep), ("changes", keep)):
        days.set_param(f"mcp_audit.retention_days_{name}", str(value))
    days.set_param("mcp_audit.retention_days_payloads", "10")
    cr.commit()
    cr.connection.set_session(autocommit=True)
    cr.execute("ANALYZE mcp_audit_event, mcp_audit_payload, mcp_audit_seal")
    cr.connection.set_session(autocommit=False)
    taken = time.perf_counter() - began
    print(f"{ROWS} events, {HOLDS} holds, generated in {taken:.0f} s", flush=True)


def main(env):
    cr, registry = env.cr, env.registry
    purges, retention = env["mcp.audit.purge"], env["mcp.audit.retention"]
    if os.environ.get("RESUME") == "1":
        purge = purges.search([("state", "=", "running")], limit=1)
        print("before:", purge.deleted, "of", purge.total)
    else:
        generate(env)
        measured("nothing else", lambda: time.sleep(5), registry)
        lines, _taken = measured(
            "preview", lambda: retention._preview(retention._cutoffs()), registry
        )
        print({line["group"]: (line["count"], line["held"]) for line in lines})
        purge = purges._plan()
    cr.commit()
    before = purge.deleted
    steps = []
    timed_steps(purges, steps)
    mcp_audit_purge_job._JOB_SECONDS = 3600
    _result, taken = measured("purge", purge._run, registry)
    cr.rollback()
    purge.invalidate_recordset()
    times, deleted = sorted(steps), purge.deleted - before
    print(
        f"{purge.state}: {purge.deleted} of {purge.total} deleted in {len(steps)}"
        f" transactions of p50 {times[len(times) // 2]:.1f} ms,"
        f" p99 {times[len(times) * 99 // 100]:.1f} ms, max {times[-1]:.1f} ms:"
        f" {deleted / taken:.0f} rows/s with the count,"
        f" {deleted / (sum(times) / 1000):.0f} rows/s without"
    )
    print("load", os.getloadavg())


main(env)  # noqa: F821, the environment of odoo shell
