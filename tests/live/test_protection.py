"""Level 2: the trail is of a role that Odoo has not, and Odoo still works on it."""

import itertools
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
_LEVEL = """
def main(env):
    return env["mcp.audit.protection"]._level()
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
    # what the deleting functions look at, or write to
    (
        "CREATE TRIGGER own BEFORE UPDATE ON mcp_audit_rollup_state"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    (
        "CREATE TRIGGER own BEFORE UPDATE ON mcp_audit_hold"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "ALTER TABLE mcp_audit_hold DISABLE TRIGGER mcp_audit_keep_hold",
    "ALTER TABLE mcp_audit_hold RENAME TO other",
    "ALTER TABLE mcp_audit_hold ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE mcp_audit_rollup_state ALTER only_one SET DEFAULT false",
    "CREATE RULE own AS ON UPDATE TO mcp_audit_rollup_state DO INSTEAD NOTHING",
    "CREATE TABLE own () INHERITS (mcp_audit_hold)",
    "DROP TABLE mcp_audit_hold CASCADE",
    "TRUNCATE mcp_audit_hold CASCADE",
    (
        "CREATE TRIGGER own AFTER DELETE ON mcp_audit_checkpoint REFERENCING OLD TABLE"
        " AS gone FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_rollup_purged()"
    ),
)
#: What deletes with the rights of its owner.
_DELETING = (
    "mcp_audit_purge(bigint, bigint, jsonb)",
    "mcp_audit_purge_payloads(bigint, bigint, timestamp)",
    "mcp_audit_erase(varchar[])",
)


#: Types that PostgreSQL might take for another one, and would where they fit better.
_NEAR = {
    "bigint": ("integer", "numeric", "anyelement"),
    "integer": ("bigint", "anyelement"),
    "text": ("character varying", "name", "anyelement"),
    "character varying": ("text", "name", "anyelement"),
    "character varying[]": ("text[]", "anyarray"),
    "timestamp without time zone": ("timestamp with time zone", "date", "anyelement"),
    "jsonb": ("json", "text", "anyelement"),
    "mcp_audit_hold": ("record", "anyelement"),
    "mcp_audit_event": ("record", "anyelement"),
}


#: What the owner of the tables could leave behind, and how to take it away again.
_PLANTED = {
    "CREATE FUNCTION mcp_audit_own() RETURNS int LANGUAGE sql AS 'SELECT 1'": (
        "DROP FUNCTION mcp_audit_own()"
    ),
    "CREATE RULE own AS ON INSERT TO mcp_audit_checkpoint DO INSTEAD NOTHING": (
        "DROP RULE own ON mcp_audit_checkpoint"
    ),
    "CREATE TABLE own () INHERITS (mcp_audit_event)": "DROP TABLE own",
    "CREATE POLICY own ON mcp_audit_hold USING (true)": (
        "DROP POLICY own ON mcp_audit_hold"
    ),
    "CREATE FUNCTION own() RETURNS boolean LANGUAGE sql AS 'SELECT true';"
    " ALTER TABLE mcp_audit_payload ALTER truncated SET DEFAULT own()": (
        "ALTER TABLE mcp_audit_payload ALTER truncated SET DEFAULT false;"
        " DROP FUNCTION own()"
    ),
    "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END'; CREATE TRIGGER own BEFORE INSERT ON"
    " mcp_audit_checkpoint FOR EACH ROW EXECUTE FUNCTION own()": (
        "DROP FUNCTION own() CASCADE"
    ),
    "ALTER ROLE mcp_live CREATEROLE": "ALTER ROLE mcp_live NOCREATEROLE",
}


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
    done = _psql(odoo, name, **variables)
    assert done.returncode == 0, done.stderr


def _psql(odoo, name, **variables):
    from bootstrap.testbed import Testbed

    parameters = odoo.server.database.server.parameters(odoo.database)
    words = [Testbed.current().toolchain.postgres / "psql", "-q", "-X", "-v"]
    words += ["odoo=mcp_live", *(f"-v{key}={text}" for key, text in variables.items())]
    words += ["-h", parameters["host"], "-p", parameters["port"]]
    words += ["-U", parameters["user"], "-d", odoo.database]
    words += ["-f", _SQL / f"{name}.sql"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


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


def _look_alikes(odoo):
    """Yield statements that make functions which are named as those of the trail, and
    take arguments that are nearly the same."""
    functions = _query(
        odoo,
        """
        SELECT proname, pg_get_function_result(oid), ARRAY(
               SELECT format_type(kind, NULL) FROM unnest(proargtypes) AS kind)
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace
           AND proname LIKE 'mcp\\_audit\\_%' AND prorettype <> 'trigger'::regtype
        """,
    )
    own = {(name, *kinds) for name, _result, kinds in functions}
    for name, result, kinds in functions:
        for near in itertools.product(*((kind, *_NEAR[kind]) for kind in kinds)):
            if (name, *near) not in own:
                own.add((name, *near))
                yield (
                    f"CREATE FUNCTION public.{name}({', '.join(near)}) RETURNS {result}"
                    " LANGUAGE plpgsql AS $$ BEGIN"
                    " RAISE EXCEPTION 'runs as %', current_user; END $$"
                )


def test_what_deletes_runs_no_function_of_the_role_of_odoo(odoo):
    """Not even one whose arguments would fit better."""
    look_alikes = list(_look_alikes(odoo))
    assert len(look_alikes) > 100
    with Endpoint(odoo.url, odoo.keys["admin"], patience=60) as endpoint:
        endpoint.call("search", model="res.partner", limit=1)
    [(request,)] = _query(
        odoo, "SELECT request_id FROM mcp_audit_payload ORDER BY id DESC LIMIT 1"
    )
    connection = odoo.connect()
    try:
        with connection.cursor() as cr:
            cr.execute("SET SESSION AUTHORIZATION mcp_live")
            for statement in look_alikes:
                cr.execute(statement)
            for _held in range(2):
                for query in (
                    (
                        "SELECT mcp_audit_purge(0::bigint, 1000000::bigint,"
                        " jsonb_object(ARRAY['requests', 'security', 'changes'],"
                        " array_fill(now()::text, ARRAY[3])))"
                    ),
                    (
                        "SELECT mcp_audit_purge_payloads(0::bigint, 0::bigint,"
                        " now()::timestamp)"
                    ),
                    f"SELECT mcp_audit_erase(ARRAY['{request}']::varchar[])",
                ):
                    cr.execute(query)
                cr.execute(
                    "INSERT INTO mcp_audit_hold (name, reason, state, conditions)"
                    " VALUES ('x', 'x', 'active', '{}')"
                )
    finally:
        connection.close()


def test_a_view_named_as_what_a_trigger_reads_runs_nothing_as_the_keeper(odoo):
    """A trigger function reads a name that has no schema."""
    connection = odoo.connect()
    try:
        with connection.cursor() as cr:
            cr.execute("SET SESSION AUTHORIZATION mcp_live")
            cr.execute("CREATE TABLE public.own (name text)")
            with pytest.raises(errors.InsufficientPrivilege):
                cr.execute(
                    "CREATE TRIGGER own AFTER DELETE ON public.own FOR EACH STATEMENT"
                    " EXECUTE FUNCTION public.mcp_audit_rollup_purged()"
                )
    finally:
        connection.close()


def test_what_a_deleted_user_placed_runs_nothing_as_the_keeper(odoo):
    """PostgreSQL changes the holds of a user with the rights of their owner."""
    connection = odoo.connect()
    try:
        with connection.cursor() as cr:
            cr.execute("SET SESSION AUTHORIZATION mcp_live")
            cr.execute(
                "CREATE FUNCTION public.pg_advisory_xact_lock_shared(integer, integer)"
                " RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE EXCEPTION 'runs as %', current_user; END $$"
            )
            cr.execute(
                "INSERT INTO res_users (login, partner_id, company_id,"
                " notification_type) VALUES ('x', 1, 1, 'email') RETURNING id"
            )
            [(user,)] = cr.fetchall()
            cr.execute(
                "INSERT INTO mcp_audit_hold (name, reason, state, placed_by)"
                f" VALUES ('x', 'x', 'active', {user}) RETURNING id"
            )
            [(hold,)] = cr.fetchall()
            cr.execute("SET search_path = public, pg_catalog")
            cr.execute(f"DELETE FROM res_users WHERE id = {user}")
            cr.execute(f"SELECT placed_by FROM mcp_audit_hold WHERE id = {hold}")
            assert cr.fetchall() == [(None,)]
    finally:
        connection.close()


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


def test_an_update_that_leaves_the_store_as_it_is_needs_nothing(odoo):
    odoo.stop()
    odoo.install([], update=["mcp_audit"])
    odoo.start()
    assert odoo.shell(_LEVEL) == 2


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


def test_level_2_is_refused_where_something_was_planted(odoo):
    """Neither the superuser who runs the script nor the keeper runs what is Odoo's."""
    odoo.stop()
    _script(odoo, "level1")
    assert odoo.shell(_LEVEL) == 1
    for plant, remove in _PLANTED.items():
        _query(odoo, plant)
        done = _psql(odoo, "level2", keeper="mcp_keeper")
        assert done.returncode != 0, plant
        assert "not of the addon" in done.stderr or "CREATEROLE" in done.stderr
        assert odoo.shell(_LEVEL) == 1
        _query(odoo, remove)
    for _again in range(2):
        _script(odoo, "level2", keeper="mcp_keeper")
    assert odoo.shell(_LEVEL) == 2
    odoo.start()
