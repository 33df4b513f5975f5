"""A read replica: what only reads is answered there, and nothing else is."""

import shutil
import time
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import pytest
from endpoint import LATEST_LEGACY, MODERN, Endpoint
from office import Office

_PATIENCE = 20


class Followed:
    """A server with two databases: `primary` and `replica` are connections.

    endpoint: called by admin; office: Odoo's own web interface
    """

    def __init__(self, instance, replica):
        self.instance = instance
        self.primary, self.replica = instance.connect(), replica
        self.primary.autocommit = self.replica.autocommit = True

    def ask(self, connection, query, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchone()[0] if cursor.description else None

    @contextmanager
    def behind(self):
        """Keep the replica from learning anything new."""
        self.ask(self.replica, "SELECT pg_wal_replay_pause()")
        state = "SELECT pg_get_wal_replay_pause_state()"
        self.wait(lambda: self.ask(self.replica, state) == "paused")
        try:
            yield
        finally:
            self.ask(self.replica, "SELECT pg_wal_replay_resume()")
            self.catch_up()

    def catch_up(self):
        position = self.ask(self.primary, "SELECT pg_current_wal_lsn()")
        query = "SELECT pg_last_wal_replay_lsn() >= %s"
        self.wait(lambda: self.ask(self.replica, query, position))

    def wait(self, condition):
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def events(self):
        return self.ask(
            self.primary,
            "SELECT count(*) FROM mcp_audit_event WHERE kind = 'request.finished'",
        )


@pytest.fixture(scope="module")
def followed():
    from bootstrap.instance import Instance
    from bootstrap.postgres import Cluster
    from bootstrap.testbed import Testbed

    testbed = Testbed.current()
    if not isinstance(testbed.postgres, Cluster):
        pytest.skip("PostgreSQL is not ours")
    folder = testbed.folder / "replica"
    instance = Instance.clone(workers=2, channels="root:0")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(instance.server.remove)
        log = testbed.folder / "log" / "replica.log"
        replica = testbed.postgres.replica(folder, log)
        stack.callback(replica.stop)
        replica.start()
        instance._options |= {
            "db_replica_host": replica.settings["db_host"],
            "db_replica_port": replica.settings["db_port"],
        }
        connection = psycopg2.connect(**replica.parameters(instance.database))
        stack.enter_context(closing(connection))
        stack.callback(instance.stop)
        instance.start()
        yield Followed(instance, connection)


@pytest.fixture(scope="module")
def office(followed):
    instance = followed.instance
    with Office(instance.web_url, instance.database, "admin") as office:
        yield office


@pytest.fixture(scope="module", params=[LATEST_LEGACY, MODERN])
def caller(request, followed):
    instance = followed.instance
    with Endpoint(instance.url, instance.keys["admin"]) as endpoint:
        endpoint.revision = request.param
        yield endpoint


def _names(caller, name):
    return [record["name"] for record in _found(caller, name)]


def _found(caller, name):
    arguments = {"model": "res.partner", "domain": [["name", "=", name]]}
    result = caller.ask(
        "tools/call",
        {"name": "search", "arguments": {**arguments, "fields": ["name"]}},
        revision=caller.revision,
    )
    assert not result["isError"], result
    return result["structuredContent"]["records"]


def test_what_reads_is_answered_by_the_replica(followed, office, caller):
    name = f"Followed {time.time()}"
    with followed.behind():
        before = followed.events()
        office.create("res.partner", name=name)
        # the replica does not know the partner, nor an older session of the caller
        assert _names(caller, name) == []
        assert followed.events() > before
    assert _names(caller, name) == [name]


def test_what_writes_is_done_by_the_primary(followed, caller):
    name = f"Written {time.time()}"
    with followed.behind():
        before = followed.events()
        result = caller.ask(
            "tools/call",
            {
                "name": "create",
                "arguments": {"model": "res.partner", "records": [{"name": name}]},
            },
            revision=caller.revision,
        )
        assert not result["isError"], result
        query = "SELECT count(*) FROM res_partner WHERE name = %s"
        assert followed.ask(followed.primary, query, name) == 1
        assert followed.ask(followed.replica, query, name) == 0
        assert followed.events() > before


def test_a_removed_key_is_refused_though_the_replica_knows_it(followed, office):
    employee = office.hire(["base.group_user", "mcp_core.group_user"])
    followed.catch_up()
    with Endpoint(followed.instance.url, employee.key) as endpoint:
        endpoint.ask("tools/list", {}, revision=MODERN)
        with followed.behind():
            office.write("res.users", employee.id, {"active": False})
            answer = endpoint.send(
                endpoint.message("tools/list", revision=MODERN),
                headers=endpoint.headers(revision=MODERN, mcp_method="tools/list"),
            )
            assert answer.status_code == 401


def test_a_refusal_is_an_event_too(followed, caller):
    before = followed.events()
    answer = caller.send(b"{", headers=caller.headers(revision=caller.revision))
    assert answer.status_code == 400
    assert followed.events() == before + 1
