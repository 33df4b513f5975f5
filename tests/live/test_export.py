"""Exports of the audit trail: real jobs by the real runner, and what becomes of a file
whose server is killed meanwhile."""

import io
import json
import os
import secrets
import time
import zipfile

import event
import httpx
import pytest
from endpoint import Endpoint
from office import Office

_EVENTS = 300_000
_PATIENCE = 120


@pytest.fixture(scope="module", params=[0, 2], ids=["threaded", "prefork"])
def instance(request):
    """An Odoo that runs jobs."""
    if os.environ.get("MCP_TEST_URL"):
        pytest.skip("a server that is not ours is not killed")
    from bootstrap.instance import Instance

    with Instance.clone(workers=request.param, channels="root:2") as instance:
        yield instance


@pytest.fixture
def auditor(instance):
    """Somebody who audits, at their desk."""
    with Office(instance.web_url, instance.database, "admin") as office:
        yield office.hire(["mcp_audit.group_auditor"])


@pytest.fixture
def rows(instance):
    """Rows by a query on the server's database; what it does is committed."""
    connection = instance.connect()
    connection.autocommit = True

    def rows(query, *parameters):
        with connection.cursor() as cr:
            cr.execute(query, parameters or None)
            return cr.fetchall() if cr.description else None

    yield rows
    connection.close()


def _ask(auditor, **values):
    """Ask for an export by the wizard, and return its id."""
    wizard = "mcp.audit.export.wizard"
    [number] = auditor.desk.call(wizard, "create", [values])
    action = auditor.desk.call(wizard, "action_export", [number])
    assert action["res_model"] == "mcp.audit.export"
    return action["res_id"]


def _wait(auditor, number, *states):
    """Wait until the export is in one of *states*; return what was seen of it."""
    deadline, seen = time.monotonic() + _PATIENCE, []
    names = ["state", "exported", "percent", "error", "sha256", "name"]
    while time.monotonic() < deadline:
        [export] = auditor.desk.call("mcp.audit.export", "read", [number], names)
        seen.append(export)
        if export["state"] in states:
            return seen
        time.sleep(0.2)
    raise AssertionError(f"after {_PATIENCE} s: {seen[-1]}")


def _download(instance, auditor, number):
    address = f"{instance.web_url}/mcp_audit/export/{number}"
    cookies = auditor.desk.cookies
    return httpx.get(address, cookies=cookies, timeout=60, trust_env=False)


def _opened(answer):
    """Return the manifest of a downloaded file, and its events."""
    with zipfile.ZipFile(io.BytesIO(answer.raise_for_status().content)) as file:
        assert file.testzip() is None
        manifest = json.loads(file.read("manifest.json"))
        names = [name for name in file.namelist() if name.startswith("events")]
        assert set(names) <= set(manifest["files"])
        lines = [
            json.loads(line) for name in names for line in file.read(name).splitlines()
        ]
    assert len(lines) == manifest["events"]
    return manifest, lines


#: What takes long is shown on the servers that production has.
_prefork = pytest.mark.parametrize("instance", [2], ids=["prefork"], indirect=True)


def _many(rows):
    """Let the trail have many events; return how many those are."""
    rows(
        """
        INSERT INTO mcp_audit_event (kind, request_id, login, tool, outcome)
        SELECT 'request.finished', gen_random_uuid()::text, 'many', 'search', 'success'
          FROM generate_series(1, %s - (
               SELECT count(*) FROM mcp_audit_event WHERE login = 'many'))
        """,
        _EVENTS,
    )
    return rows("SELECT count(*) FROM mcp_audit_event WHERE login = 'many'")[0][0]


def test_the_runner_exports_and_the_file_is_downloaded(instance, auditor, rows):
    secret = secrets.token_hex(16)
    with Endpoint(instance.url, instance.keys["admin"]) as client:
        partner = {"name": "Canary", "comment": f"password: {secret}"}
        client.call("create", model="res.partner", records=[partner])
    number = _ask(
        auditor, tool_names="create", format="jsonl", column_set="all", contents=True
    )
    *_others, export = _wait(auditor, number, "done", "failed")
    assert export["state"] == "done", export["error"]
    answer = _download(instance, auditor, number)
    manifest, lines = _opened(answer)
    assert manifest["requested_by"] == auditor.login
    assert {line["tool"] for line in lines} == {"create"}
    assert "[redacted]" in json.dumps(lines)

    # each line is the event as it is sealed
    names = ", ".join(event.COLUMNS)
    stored = rows(
        f"SELECT {names} FROM mcp_audit_event WHERE tool = 'create' ORDER BY id"
    )
    stored = [dict(zip(event.COLUMNS, row, strict=True)) for row in stored]
    assert [event.leaf(line) for line in lines] == [event.leaf(row) for row in stored]

    # no secret, neither in the file nor on the way to it
    jobs = rows("SELECT row_to_json(job)::text FROM queue_job AS job")
    assert jobs
    assert "create" not in jobs[-1][0].partition('"args"')[2].partition("}")[0]
    assert secret not in json.dumps([lines, manifest, jobs])
    assert auditor.login not in json.dumps(jobs)

    # and all of it is in the trail
    kinds = rows(
        """
        SELECT kind, login FROM mcp_audit_event
         WHERE kind LIKE 'export.%%' AND (details ->> 'export')::integer = %s
         ORDER BY id
        """,
        number,
    )
    assert kinds == [
        ("export.requested", auditor.login),
        ("export.finished", auditor.login),
        ("export.downloaded", auditor.login),
    ]


@_prefork
def test_an_export_outlives_the_server(instance, auditor, rows, tell):
    many = _many(rows)
    domain = "[('login', '=', 'many')]"
    number = _ask(auditor, domain=domain, format="jsonl", column_set="all")
    _wait_for_some(auditor, number)
    instance.kill()
    instance.start()
    with Office(instance.web_url, instance.database, "admin") as office:
        other = office.hire(["mcp_audit.group_auditor"])
        seen = _wait(other, number, "done", "failed")
        assert seen[-1]["state"] == "done", seen[-1]["error"]
        manifest, lines = _opened(_download(instance, other, number))
    ids = [line["id"] for line in lines]
    assert len(set(ids)) == len(ids) == many
    progress = sorted({export["exported"] for export in seen})
    tell(f"live: export, seen after the kill: {progress}")
    assert manifest["by_kind"] == {"request.finished": many}


def _wait_for_some(auditor, number):
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        [export] = auditor.desk.call(
            "mcp.audit.export", "read", [number], ["state", "exported"]
        )
        if export["exported"]:
            assert export["state"] == "running"
            return
        time.sleep(0.1)
    raise AssertionError("it did not begin")


@_prefork
def test_a_running_export_is_cancelled(instance, auditor, rows):
    many = _many(rows)
    domain = "[('login', '=', 'many')]"
    number = _ask(auditor, domain=domain, format="xlsx", column_set="all")
    _wait_for_some(auditor, number)
    auditor.desk.call("mcp.audit.export", "action_cancel", [number])
    time.sleep(3)
    [export] = _wait(auditor, number, "cancelled")
    assert 0 < export["exported"] < many
    assert _download(instance, auditor, number).status_code == 404
    folder = instance.server.files / "filestore" / instance.database
    left = folder / "mcp_audit_export"
    assert not [path for path in left.iterdir() if path.name.startswith(f"{number}.")]
