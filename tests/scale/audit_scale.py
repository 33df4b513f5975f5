"""Runs within Odoo's shell: a long audit trail, and how quick it is.

`main` is called with the shell's `env`; what it returns goes back as JSON.
"""

import resource
import statistics
import threading
import time
import uuid
from datetime import timedelta

from odoo import fields

from odoo.addons.mcp_audit import folding, store
from odoo.addons.mcp_audit.event import COLUMNS, FINISHED, Event
from odoo.addons.mcp_audit.sealing.seal import EVENTS_MAX

_DAYS = 90
_CHUNK = 500_000
_EXPORTED = 1_000_000
#: Columns of the list of events.
_LIST = ["time", "login", "client_name", "method", "tool", "model", "address"]
#: As the list asks for them.
_PAGE = {"limit": 80, "count_limit": 1001}
# A few users do most, a few tools are called most, and nearly all goes well; the
# beginnings of what changes something, and refusals, are among them.
_FILL = """
    INSERT INTO mcp_audit_event (
        time, kind, request_id, user_id, login, credential, auth_method, address,
        user_agent, client_name, client_version, revision, method, tool, model,
        operation, record_ids, record_count, outcome, http_status, duration,
        request_bytes, response_bytes
    )
    SELECT (now() AT TIME ZONE 'UTC') - make_interval(secs => %(seconds)s::float
               * (%(events)s - number) / %(events)s),
           kind,
           lpad(to_hex(number), 12, '0') || '-' || md5(number::text),
           CASE WHEN person > 0 THEN 1000 + person END,
           CASE WHEN person > 0 THEN 'user' || person ELSE 'guess' || number %% 99 END,
           'apikey:' || person, 'bearer', '10.0.' || person %% 8 || '.' || person,
           'Client/1.0 (scale)',
           (ARRAY['desktop', 'editor', 'terminal', 'chat'])[1 + person %% 4],
           '1.0', '2025-11-25', 'tools/call',
           (ARRAY['search', 'read', 'count', 'aggregate', 'name_search', 'write',
                  'create', 'describe_model', 'list_models', 'method_call', 'unlink',
                  'post_message'])[1 + floor(12 * power(one, 3))::int],
           (ARRAY['res.partner', 'sale.order', 'product.product', 'account.move',
                  'stock.picking', 'crm.lead', 'project.task', 'hr.employee',
                  'res.users', 'mail.message'])[
               1 + (person + floor(3 * two)::int) %% 10],
           'read', '[1, 2, 3]'::jsonb, 3,
           CASE WHEN kind <> 'request.finished' THEN NULL
                WHEN person = 0 THEN 'refused'
                ELSE (ARRAY['success', 'error', 'refused', 'invalid', 'failed',
                            'interrupted'])[
                     1 + GREATEST(0, floor(100 * three)::int - 94)] END,
           200,
           CASE WHEN kind = 'request.finished'
                THEN round((exp(3 + 1.2 * (two + three + one - 1.5) * 2))::numeric, 3)
           END,
           300, 2000
      FROM (
        SELECT number, one, two, three, floor(200 * power(four, 3))::int AS person,
               CASE WHEN three < 0.85 THEN 'request.finished'
                    WHEN three < 0.95 THEN 'request.finished'
                    WHEN four < 0.5 THEN 'request.begun' ELSE 'request.finished'
               END AS kind
          FROM (SELECT number, random() AS one, random() AS two, random() AS three,
                       random() AS four
                  FROM generate_series(%(first)s, %(last)s) AS number) AS chance
      ) AS drawn
"""


def main(env, events, appends=2000):
    """Fill the trail with so many events and measure what reads and writes it.

    :return: ``lines`` of text to print, and ``figures`` by name
    """
    lines, figures = [f"{events:,} events of {_DAYS} days"], {}
    _copy_empty(env)
    lines.append(_fill(env, events))
    lines += _appending(env, appends, figures)
    lines += _folding(env, events)
    lines += _reading(env, figures)
    lines += _sealing(env)
    lines += _exporting(env, min(events, _EXPORTED), figures)
    lines += _retention(env, figures)
    return {"lines": lines, "figures": figures}


def _copy_empty(env):
    """Make tables that stay empty, to compare with."""
    env.cr.execute("DROP SCHEMA IF EXISTS scale_empty CASCADE")
    env.cr.execute("CREATE SCHEMA scale_empty")
    for table in ("mcp_audit_event", "mcp_audit_payload"):
        env.cr.execute(
            f"CREATE TABLE scale_empty.{table} (LIKE public.{table} INCLUDING ALL)"
        )
    env.cr.commit()


def _fill(env, events):
    begun = time.monotonic()
    env.cr.execute("SELECT COALESCE(max(id), 0) FROM mcp_audit_event")
    [(there,)] = env.cr.fetchall()
    env.cr.execute("SELECT setseed(0.5)")
    for first in range(there + 1, events + 1, _CHUNK):
        env.cr.execute(
            _FILL,
            {
                "first": first,
                "last": min(first + _CHUNK - 1, events),
                "events": events,
                "seconds": _DAYS * 24 * 3600,
            },
        )
        env.cr.commit()
    env.cr.execute("ANALYZE mcp_audit_event")
    env.cr.execute("SELECT pg_size_pretty(pg_total_relation_size('mcp_audit_event'))")
    [(size,)] = env.cr.fetchall()
    env.cr.commit()
    return f"filled in {time.monotonic() - begun:.0f} s, {size} with indexes"


def _appending(env, appends, figures):
    """Compare appending to the long trail and to an empty one, by turns."""
    env.cr.execute("SELECT max(id) FROM mcp_audit_event")
    [(last,)] = env.cr.fetchall()
    env.cr.commit()
    took = {"scale_empty, public": [], "public": []}
    with store.apart(env.registry, single=True) as cr:
        for _turn in range(appends):
            for path, times in took.items():
                cr.execute(f"SET search_path = {path}")
                event = Event(
                    FINISHED,
                    {
                        "request_id": str(uuid.uuid4()),
                        "user_id": 1001,
                        "login": "user1",
                        "method": "tools/call",
                        "tool": "search",
                        "model": "res.partner",
                        "outcome": "success",
                        "duration": 12.5,
                    },
                )
                begun = time.perf_counter()
                store.append(cr, [event])
                times.append(time.perf_counter() - begun)
        cr.execute("SET search_path = public")
        # so many equal ones are no part of the picture
        cr.execute("SET mcp_audit.purpose = 'retention'")
        cr.execute("DELETE FROM mcp_audit_event WHERE id > %s", [last])
        cr.execute("RESET mcp_audit.purpose")
        cr.execute("VACUUM ANALYZE mcp_audit_event")
    empty, full = (1000 * statistics.median(times) for times in took.values())
    figures["append"] = ratio = full / empty
    return [f"append: {full:.3f} ms, to an empty trail {empty:.3f}, ratio {ratio:.2f}"]


def _folding(env, events):
    rollups = env["mcp.audit.rollup"]
    env.cr.execute("DELETE FROM mcp_audit_rollup")
    env.cr.execute("UPDATE mcp_audit_checkpoint SET last_id = 0 WHERE name = 'rollup'")
    # what was deleted above is no retention
    env.cr.execute("UPDATE mcp_audit_rollup_state SET purged = NULL")
    env.cr.commit()
    lines = []
    for what, run in (("fold", rollups._fold), ("rebuild", rollups._rebuild)):
        begun = time.monotonic()
        run()
        seconds = time.monotonic() - begun
        lines.append(f"{what}: {seconds:.1f} s, {events / seconds:,.0f} events/s")
    env.cr.execute("ANALYZE mcp_audit_rollup")
    env.cr.execute(
        "SELECT count(*), pg_size_pretty(pg_total_relation_size('mcp_audit_rollup'))"
        "  FROM mcp_audit_rollup"
    )
    [(rows, size)] = env.cr.fetchall()
    env.cr.commit()
    return [*lines, f"rollups: {rows:,} rows, {size}, {folding.BATCH:,} a batch"]


def _reading(env, figures):
    """Time what the web client asks for, by the ORM and as it does."""
    events, rollups = env["mcp.audit.event"], env["mcp.audit.rollup"]
    now = fields.Datetime.now()
    week = [("kind", "=", FINISHED), ("time", ">=", now - timedelta(days=7))]
    ever = [("kind", "=", FINISHED)]
    some = events.search(ever, offset=10_000, limit=1)
    a_day = (now - timedelta(days=45)).replace(hour=0, minute=0, second=0)
    pages = {
        "first page, 7 days": week,
        "first page, ever": ever,
        "user, 7 days": [*week, ("login", "=", "user50")],
        "user, ever": [*ever, ("login", "=", "user50")],
        "rare user, ever": [*ever, ("login", "=", "user199")],
        "user id, 7 days": [*week, ("user_id", "=", 1050)],
        "user id, ever": [*ever, ("user_id", "=", 1050)],
        "tool, 7 days": [*week, ("tool", "=", "search")],
        "rare tool, 7 days": [*week, ("tool", "=", "post_message")],
        "tool, ever": [*ever, ("tool", "=", "write")],
        "model, 7 days": [*week, ("model", "=", "sale.order")],
        "rare model, 7 days": [*week, ("model", "=", "mail.message")],
        "refused, 7 days": [*week, ("outcome", "=", "refused")],
        "failed, ever": [*ever, ("outcome", "=", "failed")],
        "address, 7 days": [*week, ("address", "=", "10.0.2.50")],
        "address, ever": [*ever, ("address", "=", "10.0.2.50")],
        "nobody's address": [*ever, ("address", "=", "192.0.2.1")],
        "one day": [
            ("kind", "=", FINISHED),
            ("time", ">=", a_day),
            ("time", "<", a_day + timedelta(days=1)),
        ],
        "request id": [("request_id", "=", some.request_id)],
        "no such request": [("request_id", "=", "none")],
        "slow, 7 days": [*week, ("duration", ">=", 1000)],
        "without a filter": [],
    }
    specification = {name: {} for name in _LIST}
    lines, slowest = [], 0
    for name, domain in pages.items():
        took = _median(
            env,
            lambda domain=domain: events.web_search_read(
                domain, specification, **_PAGE
            ),
        )
        records = _median(
            env, lambda domain=domain: events.search_fetch(domain, _LIST, limit=80)
        )
        lines.append(f"{name}: {took:.1f} ms, without the count {records:.1f} ms")
        slowest = max(slowest, took)
    figures["page"] = slowest
    for group in ("tool", "login", "outcome", "time:day", "model"):
        took = _median(
            env,
            lambda group=group: events.web_read_group(week, [group], ["__count"]),
            turns=3,
        )
        lines.append(f"events by {group}, 7 days: {took:.0f} ms")
    for group in ("tool", "login", "outcome", "day:day"):
        took = _median(
            env,
            lambda group=group: rollups.web_read_group([], [group], ["calls:sum"]),
            turns=3,
        )
        lines.append(f"rollups by {group}, ever: {took:.0f} ms")
    usage = _median(env, lambda: rollups._usage(tool="search"))
    lines.append(f"requests of a tool in 30 days: {usage:.1f} ms")
    usage = _median(env, lambda: rollups._usage(user_id=1050))
    lines.append(f"requests of a user in 30 days: {usage:.1f} ms")
    if "mcp.audit.dashboard" in env:
        for period in ("24h", "7d", "30d", "90d"):
            took = _median(
                env, lambda p=period: env["mcp.audit.dashboard"].figures(p), turns=3
            )
            lines.append(f"dashboard, {period}: {took:.0f} ms")
    return lines


def _sealing(env):
    """Seal all of it, and verify that."""
    seals = env["mcp.audit.seal"]
    original = type(seals)._now
    # as if each had been sealed when it was made: retention looks at that
    type(seals)._now = _last_of_next_seal
    try:
        begun = time.monotonic()
        sealed = seals._seal()
    finally:
        type(seals)._now = original
    seconds = time.monotonic() - begun
    env.cr.commit()
    lines = [f"seal: {seconds:.1f} s, {sealed / seconds:,.0f} events/s"]
    begun = time.monotonic()
    verification = _verified(env)
    seconds = time.monotonic() - begun
    rate = verification.events / seconds
    return [
        *lines,
        f"verify: {verification.state}, {seconds:.1f} s, {rate:,.0f} events/s",
    ]


def _last_of_next_seal(seals, cr):
    cr.execute(
        """
        SELECT max("time") FROM (
            SELECT "time" FROM mcp_audit_event
             WHERE id > (SELECT COALESCE(max(last_id), 0) FROM mcp_audit_seal)
             ORDER BY id LIMIT %s) AS ahead
        """,
        [EVENTS_MAX],
    )
    return cr.fetchone()[0]


def _verified(env):
    """Return a verification that has ended."""
    verification = env["mcp.audit.verification"].create({})
    env.cr.commit()
    while verification.state in ("waiting", "running"):
        verification._run()
        env.cr.commit()
        env.invalidate_all()
    return verification


class _Writer(threading.Thread):
    """Appends as requests do, all the time, and notes how long that takes."""

    def __init__(self, registry):
        super().__init__(daemon=True)
        self._registry, self._times, self._over = registry, [], threading.Event()

    def run(self):
        with store.apart(self._registry) as cr:
            while not self._over.wait(0.005):
                begun = time.perf_counter()
                store.append(cr, [Event(FINISHED, {"tool": "scale", "user_id": 1})])
                self._times.append(1000 * (time.perf_counter() - begun))

    def end(self):
        """Return what it has noticed."""
        self._over.set()
        self.join()
        median, slow = (statistics.quantiles(self._times, n=100)[n] for n in (49, 98))
        return f"appends meanwhile: p50 {median:.2f} ms, p99 {slow:.2f} ms"


def _exporting(env, events, figures):
    """Export so many events, and look at the memory that it takes."""
    [(last,)] = _rows(
        env, "SELECT id FROM mcp_audit_event ORDER BY id OFFSET %s LIMIT 1", [events]
    ) or [(1 << 62,)]
    auditor = env["res.users"].create(
        {
            "name": "Auditor",
            "login": "auditor",
            "group_ids": [(4, env.ref("mcp_audit.group_auditor").id)],
        }
    )
    lines = []
    for kind in ("csv", "jsonl"):
        export = env["mcp.audit.export"].create(
            {
                "format": kind,
                "requester_id": auditor.id,
                "columns": list(COLUMNS),
                "domain": [("id", "<", last)],
            }
        )
        env.cr.commit()
        before = _memory()
        begun = time.monotonic()
        while export.state in ("waiting", "running"):
            export._run()
            env.cr.commit()
            env.invalidate_all()
        seconds = time.monotonic() - begun
        rate = export.exported / seconds
        figures[f"export_{kind}"] = rate
        figures[f"export_{kind}_memory"] = memory = _memory() - before
        lines.append(
            f"export, {kind}: {export.state}, {export.exported:,} in {seconds:.1f} s, "
            f"{rate:,.0f} events/s, {memory} MB more memory"
        )
    return lines


def _rows(env, query, parameters):
    env.cr.execute(query, parameters)
    return env.cr.fetchall()


def _memory():
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _retention(env, figures):
    """Delete what is older than a third of the trail."""
    parameters = env["ir.config_parameter"]
    for name in ("requests", "security", "changes", "payloads"):
        parameters.set_param(f"mcp_audit.retention_days_{name}", str(_DAYS * 2 // 3))
    env.cr.commit()
    purge = env["mcp.audit.purge"]._plan()
    env.cr.commit()
    writer = _Writer(env.registry)
    batches, step = [], type(purge)._apart

    def timed(self, *arguments):
        began = time.perf_counter()
        try:
            return step(self, *arguments)
        finally:
            batches.append(1000 * (time.perf_counter() - began))

    type(purge)._apart = timed
    writer.start()
    begun = time.monotonic()
    while purge.state in ("waiting", "running"):
        purge._run()
        env.cr.commit()
        env.invalidate_all()
    seconds = time.monotonic() - begun
    told = writer.end()
    type(purge)._apart = step
    rate = purge.deleted / seconds
    figures["retention"] = rate
    figures["retention_batch"] = batch = statistics.quantiles(batches, n=20)[-1]
    lines = [
        f"retention: {purge.deleted:,} in {seconds:.1f} s, {rate:,.0f} events/s",
        f"19 of 20 batches of retention within {batch:.0f} ms, {told}",
    ]
    begun = time.monotonic()
    verification = _verified(env)
    seconds = time.monotonic() - begun
    told = [f"verify afterwards: {verification.state}, {seconds:.1f} s"]
    if verification.state != "intact":
        told += verification.result.splitlines()[:3]
    return [*lines, *told]


def _median(env, run, turns=9):
    """Return the time that it takes when it is asked for again, in milliseconds."""
    times = []
    for _turn in range(turns + 1):
        env.invalidate_all()
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times[1:])
