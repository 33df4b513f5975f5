"""The servers that are measured: clones of one database, prefork, two workers each."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bootstrap import layout, ports
from bootstrap.instance import Instance
from bootstrap.testbed import Template, Testbed

from .wire import SENT

#: A cluster as in production: what is committed is on the disk.
DURABLE = {"shared_buffers": "1GB", "max_wal_size": "4GB", "random_page_cost": "1.1"}
_INSIDE = Path(__file__).with_name("inside")
_WORKERS = 2
_UNINSTALL = """
def main(env, addon):
    module = env["ir.module.module"].search([("name", "=", addon)])
    module.button_immediate_uninstall()
"""
_NO_LIMIT = """
def main(env):
    env["ir.config_parameter"].set_param("mcp_security.rate_per_minute", "0")
"""


def inside(name: str) -> str:
    """Return the source of a program that runs within Odoo's shell."""
    return (_INSIDE / f"{name}.py").read_text()


def _options(testbed: Testbed) -> dict[str, str]:
    path = (*testbed.toolchain.addons_path, layout.TEST_ADDONS)
    # with a filter Odoo lists the databases for every request that has no cookie: that
    # costs more than the rest of a small one, whichever API it is of
    return {"addons_path": ",".join(map(str, path)), "dbfilter": ""}


def template(testbed: Testbed, partners: int) -> Template:
    """Return the database with so many partners, built where it is not there."""

    def finish(server):
        server.configure(ports.any_free(), ports.any_free(), options=_options(testbed))
        server.install(["mcp_bench"])
        return server.shell(inside("company"), partners=partners)

    content = layout.digest(inside("company"), str(partners))
    return testbed.derived_template("bench", testbed.live_template(), content, finish)


def _instance(testbed: Testbed, origin: Template) -> Instance:
    return Instance.clone(
        workers=_WORKERS,
        options=_options(testbed),
        channels="root:0",
        testbed=testbed,
        template=origin,
    )


@contextmanager
def running(
    testbed: Testbed, origin: Template, names: list[str]
) -> Iterator[Mapping[str, Instance]]:
    """Servers by name: ``full`` has everything on, ``no audit`` has no mcp_audit,
    ``no limit`` limits no rate."""
    with ExitStack() as stack:
        instances = {}
        for name in names:
            instance = _instance(testbed, origin)
            stack.callback(instance.server.remove)
            instance.server.configure(
                instance.port, ports.any_free(), options=_options(testbed)
            )
            if name == "no audit":
                instance.shell(_UNINSTALL, addon="mcp_audit")
            elif name == "no limit":
                instance.shell(_NO_LIMIT)
            instances[name] = instance
        for instance in instances.values():
            stack.callback(instance.stop)
            instance.start()
        yield instances


def check_switched_on(testbed: Testbed, odoo: Instance) -> str:
    """Return what tells that every call was audited, durably where the cluster is, and
    counted.

    :raise AssertionError: it was not
    """
    connection = odoo.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT (SELECT count(*) FROM mcp_audit_event
                         WHERE kind = 'request.finished'),
                       (SELECT count(*) FROM mcp_rate_bucket),
                       (SELECT count(*) FROM mcp_access_record WHERE active),
                       current_setting('fsync'),
                       current_setting('synchronous_commit')
                """
            )
            audited, buckets, access, fsync, commit = cursor.fetchone()
    finally:
        connection.close()
    assert audited == SENT[odoo.port], (audited, SENT[odoo.port])
    assert buckets and access
    assert (fsync, commit) == (testbed.settings.get("fsync", "on"), "on")
    return (
        f"{audited:,} calls, {audited:,} ends of calls in the audit trail, "
        f"fsync {fsync}, {buckets} rate bucket, {access} access records"
    )
