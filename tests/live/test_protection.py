"""Level 2: the trail is of a role that Odoo has not, and Odoo still works on it."""

import subprocess
import time

import pytest
from bootstrap import layout
from endpoint import Endpoint
from psycopg2 import errors

_SQL = layout.PROJECT / "mcp_audit" / "sql"
#: Gives a role of Odoo's own what the superuser of the tests has made.
_HAND_OVER = """
DO $$ DECLARE what record; BEGIN
    FOR what IN SELECT oid::regclass AS name FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace
                   AND (relkind IN ('r', 'v') OR relkind = 'S' AND NOT EXISTS (
                        SELECT FROM pg_depend
                         WHERE objid = pg_class.oid AND deptype IN ('a', 'i'))) LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO mcp_live', what.name);
    END LOOP;
    FOR what IN SELECT oid::regprocedure AS name FROM pg_proc
                 WHERE pronamespace = 'public'::regnamespace
                   AND proname LIKE 'mcp\\_%' LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO mcp_live', what.name);
    END LOOP;
END $$;
"""
#: As scheduled actions do; the job runner of the server does the work.
_ENQUEUE = """
def main(env, model, method):
    getattr(env[model], method)()
"""
_REFUSED = (
    "UPDATE mcp_audit_event SET login = 'x'",
    "DELETE FROM mcp_audit_event",
    "SET mcp_audit.purpose = 'retention'; DELETE FROM mcp_audit_event",
    "TRUNCATE mcp_audit_event",
    "ALTER TABLE mcp_audit_event DISABLE TRIGGER ALL",
    "DROP TRIGGER mcp_audit_append_only ON mcp_audit_event",
    "DROP TABLE mcp_audit_event CASCADE",
    "ALTER TABLE mcp_audit_event RENAME TO other",
    "SET session_replication_role = replica",
    "UPDATE mcp_audit_seal SET count = 0",
    "DELETE FROM mcp_audit_seal",
    "DELETE FROM mcp_audit_payload",
    "UPDATE mcp_audit_floor SET days = 0",
    "INSERT INTO mcp_audit_floor VALUES ('x', 0)",
    "ALTER FUNCTION mcp_audit_refuse() OWNER TO mcp_live",
    "CREATE OR REPLACE FUNCTION mcp_audit_steady() RETURNS void LANGUAGE sql AS $$ $$",
    "SET ROLE mcp_keeper",
    "ALTER SCHEMA public OWNER TO mcp_live",
)
#: What deletes with the rights of its owner.
_DELETING = (
    "mcp_audit_purge(bigint, bigint, jsonb)",
    "mcp_audit_purge_payloads(bigint, bigint, timestamp)",
    "mcp_audit_erase(varchar[])",
)


@pytest.fixture(scope="module")
def odoo():
    """An Odoo at level 2, whose role in the database is no superuser."""
    from bootstrap.instance import Instance

    odoo = Instance.clone(options={"db_user": "mcp_live"}, channels="root:2")
    try:
        _query(
            odoo,
            "DO $$ BEGIN CREATE ROLE mcp_live LOGIN CREATEDB;"
            " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        _query(odoo, f'ALTER DATABASE "{odoo.database}" OWNER TO mcp_live')
        _query(odoo, _HAND_OVER)
        _script(odoo, "level2", keeper="mcp_keeper")
        with odoo:
            yield odoo
    finally:
        odoo.server.remove()


def _script(odoo, name, **variables):
    from bootstrap.testbed import Testbed

    parameters = odoo.server.database.server.parameters(odoo.database)
    words = [Testbed.current().toolchain.postgres / "psql", "-q", "-X", "-v"]
    words += ["odoo=mcp_live", *(f"-v{key}={text}" for key, text in variables.items())]
    words += ["-h", parameters["host"], "-p", parameters["port"]]
    words += ["-U", parameters["user"], "-d", odoo.database]
    words += ["-f", _SQL / f"{name}.sql"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _query(odoo, query, role=None):
    connection = odoo.connect()
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            if role:
                cr.execute(f"SET SESSION AUTHORIZATION {role}")
            cr.execute(query)
            return cr.fetchall() if cr.description else None
    finally:
        connection.close()


def _settled(odoo, query, seconds=60):
    """Return what a query tells as soon as it tells anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := _query(odoo, query):
            return found
        time.sleep(1)
    log = odoo.log.read_text(errors="replace")[-4000:]
    raise AssertionError(f"nothing after {seconds} s: {query}\n{log}")


@pytest.mark.parametrize("statement", _REFUSED)
def test_the_role_of_odoo_changes_nothing(odoo, statement):
    before = _query(odoo, "SELECT count(*), max(id) FROM mcp_audit_event")
    with pytest.raises(errors.InsufficientPrivilege):
        _query(odoo, statement, "mcp_live")
    assert _query(odoo, "SELECT count(*), max(id) FROM mcp_audit_event") == before


@pytest.mark.parametrize("function", _DELETING)
def test_no_other_role_has_something_deleted(odoo, function):
    query = (
        "SELECT has_function_privilege(role, %s, 'EXECUTE')"
        " FROM unnest(ARRAY['mcp_live', 'pg_monitor']) AS role"
    ).replace("%s", f"'{function}'")
    assert _query(odoo, query) == [(True,), (False,)]


def test_calls_are_recorded_sealed_and_verified_by_real_jobs(odoo):
    with Endpoint(odoo.url, odoo.keys["admin"], patience=60) as endpoint:
        endpoint.call("create", model="res.partner", records=[{"name": "Level two"}])
    [(event,)] = _query(odoo, "SELECT max(id) FROM mcp_audit_event")
    odoo.shell(_ENQUEUE, model="mcp.audit.seal", method="_start")
    _settled(odoo, f"SELECT 1 FROM mcp_audit_seal WHERE last_id >= {event}")
    odoo.shell(_ENQUEUE, model="mcp.audit.verification", method="_start")
    [(state, seals, level, found)] = _settled(
        odoo,
        """
        SELECT state, checked, level, found FROM mcp_audit_verification
         WHERE state NOT IN ('waiting', 'running')
        """,
    )
    assert (state, level, found) == ("intact", 2, 0)
    assert seals > 0


def test_retention_still_works(odoo):
    """What is old goes, by the functions that run with the rights of the keeper."""
    old = """
        INSERT INTO mcp_audit_event (time, kind, request_id)
        SELECT now() - interval '500 days', 'request.finished', 'old-' || n
          FROM generate_series(1, 50) AS n
    """
    _query(odoo, old)
    [(last,)] = _query(odoo, "SELECT max(id) FROM mcp_audit_event")
    for model, method in (
        ("mcp.audit.seal", "_start"),
        ("mcp.audit.rollup", "_start_fold"),
    ):
        odoo.shell(_ENQUEUE, model=model, method=method)
    _settled(odoo, f"SELECT 1 FROM mcp_audit_seal WHERE last_id >= {last}")
    _settled(
        odoo,
        "SELECT 1 FROM mcp_audit_checkpoint"
        f" WHERE name = 'rollup' AND last_id >= {last}",
    )
    # sealed long ago, as far as retention looks
    _query(odoo, "ALTER TABLE mcp_audit_seal DISABLE TRIGGER USER")
    _query(odoo, "UPDATE mcp_audit_seal SET time = time - interval '450 days'")
    _query(odoo, "ALTER TABLE mcp_audit_seal ENABLE TRIGGER USER")
    odoo.shell(_ENQUEUE, model="mcp.audit.purge", method="_start_daily")
    _settled(odoo, "SELECT 1 FROM mcp_audit_purge WHERE state = 'done'")
    left = "SELECT count(*) FROM mcp_audit_event WHERE request_id LIKE 'old-%'"
    assert _query(odoo, left) == [(0,)]
    assert _query(odoo, "SELECT 1 FROM mcp_audit_event WHERE kind = 'purge.deleted'")


def test_an_update_is_refused_with_what_to_do_and_done_after_level_1(odoo):
    """Only where the statements of the store have changed."""
    odoo.stop()
    _query(odoo, "UPDATE mcp_audit_schema SET digest = 'older' WHERE name = 'store'")
    from bootstrap.console import Failure

    with pytest.raises(Failure, match="level1.sql"):
        odoo.install([], update=["mcp_audit"])
    _script(odoo, "level1")
    odoo.install([], update=["mcp_audit"])
    _script(odoo, "level2", keeper="mcp_keeper")
    odoo.start()
    levels = _query(
        odoo,
        "SELECT details -> 'level' FROM mcp_audit_event"
        " WHERE kind = 'protection.changed' ORDER BY id",
    )
    assert levels == [(2,), (1,), (2,)]
