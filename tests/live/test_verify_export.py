"""setup/verify-export on a file that a real server exported: whole, and changed."""

import json
import subprocess
import sys
import time
import zipfile

import httpx
import pytest
from bootstrap import layout
from endpoint import Endpoint
from office import Office

_COMMAND = layout.PROJECT / "setup" / "verify-export"
#: As the scheduled action does; the job runner of the server does the work.
_SEAL = """
def main(env):
    env["mcp.audit.seal"]._start()
"""
_PATIENCE = 120


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Paths of a file with sealed events and others, and of the server's public key."""
    from bootstrap.instance import Instance

    folder = tmp_path_factory.mktemp("exported")
    with Instance.clone(channels="root:2") as odoo:
        with Endpoint(odoo.url, odoo.keys["admin"]) as client:
            for number in range(25):
                client.call("count", model="res.partner", domain=[["id", ">", number]])
        odoo.shell(_SEAL)
        _until(odoo, "SELECT 1 FROM mcp_audit_seal WHERE count > 25")
        with Endpoint(odoo.url, odoo.keys["admin"]) as client:
            client.call("count", model="res.partner", domain=[["id", "=", 1]])
        with Office(odoo.web_url, odoo.database, "admin") as office:
            desk = office.hire(["mcp_audit.group_auditor"]).desk
            values = {"tool_names": "count", "format": "jsonl", "column_set": "all"}
            values["contents"] = True
            wizard = "mcp.audit.export.wizard"
            action = desk.call(
                wizard, "action_export", desk.call(wizard, "create", [values])
            )
            number = action["res_id"]
            _until(
                odoo,
                "SELECT 1 FROM mcp_audit_export"
                f" WHERE state = 'done' AND id = {number}",
            )
            answer = httpx.get(
                f"{odoo.web_url}/mcp_audit/export/{number}",
                cookies=desk.cookies,
                timeout=60,
                trust_env=False,
            )
        path = folder / "export.zip"
        path.write_bytes(answer.raise_for_status().content)
        [public] = odoo.server.files.glob(f"mcp_audit/{odoo.database}/*.pub.pem")
        key = folder / public.name
        key.write_bytes(public.read_bytes())
    return path, key


def _until(odoo, query):
    connection = odoo.connect()
    connection.autocommit = True
    deadline = time.monotonic() + _PATIENCE
    with connection.cursor() as cr:
        while time.monotonic() < deadline:
            cr.execute(query)
            if cr.fetchall():
                connection.close()
                return
            time.sleep(0.5)
    connection.close()
    raise AssertionError(f"not within {_PATIENCE} s: {query}")


def _verify(path, *words):
    """Return the exit code, and what is said."""
    done = subprocess.run(
        [_COMMAND, path, *words],
        env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _changed(path, target, change):
    """Write a copy of an export, with what *change* makes of {name: content}."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def test_a_whole_file_is_proved_by_its_seals(exported):
    path, key = exported
    code, said = _verify(path)
    assert code == 0, said
    assert "25 events are proved by" in said
    assert "1 were not sealed yet" in said
    assert "the key that comes with it" in said
    code, said = _verify(path, "--key", key)
    assert code == 0, said
    assert "a key that you gave" in said


def _edit(members):
    members["events.jsonl"] = members["events.jsonl"].replace(b"count", b"write", 1)


def _drop(members):
    lines = members["events.jsonl"].splitlines(keepends=True)
    members["events.jsonl"] = b"".join(lines[1:])


def _without_manifest(members):
    del members["manifest.json"]


def _more(members):
    members["more.txt"] = b"more"


def _retold(members):
    manifest = json.loads(members["manifest.json"])
    manifest["requested_by"] = "somebody else"
    members["manifest.json"] = json.dumps(manifest).encode()


def _signed_anew(members):
    """As somebody does who knows how, and has a key of their own."""
    import hashlib

    import orjson
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    _edit(members)
    manifest = json.loads(members["manifest.json"])
    digest = hashlib.sha256(members["events.jsonl"]).hexdigest()
    manifest["files"]["events.jsonl"]["sha256"] = digest
    del manifest["signature"]
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    statement = orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)
    manifest["signature"] = {
        "algorithm": "Ed25519",
        "key_id": hashlib.sha256(raw).hexdigest()[:16],
        "public_key": raw.hex(),
        "signature": private.sign(statement).hex(),
    }
    members["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "change", [_edit, _drop, _without_manifest, _more, _retold, _signed_anew]
)
@pytest.mark.parametrize("given", [True, False], ids=["key", "no key"])
def test_a_changed_file_is_not(exported, tmp_path, change, given):
    path, key = exported
    other = _changed(path, tmp_path / "other.zip", change)
    code, said = _verify(other, *(["--key", key] if given else []))
    assert code == 1, said
    assert "WRONG" in said
    assert "Traceback" not in said


def test_what_is_no_export_is_told(tmp_path):
    path = tmp_path / "x.zip"
    path.write_text("no ZIP")
    code, said = _verify(path)
    assert (code, "no ZIP file" in said) == (1, True)
    code, said = _verify(tmp_path / "nothing")
    assert (code, "there is no file" in said) == (1, True)
