"""Checking an exported file by itself: where it was made, and that it is whole.

Run by ``setup/verify-export`` where there is no Odoo: nothing of the addon beyond this
package can be imported here. What it takes of an event is handed in, and of a manifest
it is written again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .proof import check_proof
from .signing import is_signed, key_id

#: As :mod:`..manifest` names it.
_MANIFEST = "manifest.json"
#: Bytes that are read at once.
_CHUNK = 1 << 20
#: Problems that are told, of each sort.
_TOLD = 20


@dataclass(slots=True)
class Report:
    """What is known of a file.

    :param manifest: what it says of itself
    :param key: the name of the key that signed it, empty for none
    :param trusted: the key was given by whoever checks, and not by the file
    :param events: how many events it holds
    :param proved: how many of them are proved by seals
    :param seals: how many seals prove them
    :param unsealed: how many were not sealed yet when it was made
    :param problems: what is wrong with it, in words
    """

    manifest: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    trusted: bool = False
    events: int = 0
    proved: int = 0
    seals: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)


def check(
    path: Path,
    leaf: Callable[[Mapping[str, Any]], bytes],
    digest: Callable[[str, str], str],
    keys: Mapping[str, Ed25519PublicKey] | None = None,
) -> Report:
    """Check a file.

    :param leaf: makes the leaf of an event, as the module ``event`` does
    :param digest: makes the salted digest of a content, likewise
    :param keys: public keys by their names; without any the file's own is taken, which
        proves that it is whole, and not whose it is
    """
    report = Report()
    try:
        with ZipFile(path) as archive:
            _check(archive, report, leaf, digest, keys)
    except (BadZipFile, EOFError) as error:
        report.problems.append(f"It is no ZIP file, or a damaged one: {error}")
    return report


def _check(archive, report, leaf, digest, keys):
    if not _read_manifest(archive, report):
        return
    keys = _check_signature(report, keys)
    _check_files(archive, report)
    if report.problems or report.manifest.get("format") != "jsonl":
        report.events = report.manifest.get("events", 0)
        return
    _check_events(archive, report, leaf, digest, keys)
    if report.events != report.manifest.get("events"):
        report.problems.append(
            f"It holds {report.events} events, and tells of "
            f"{report.manifest.get('events')}."
        )


def _read_manifest(archive, report):
    """Put the manifest into the report; return whether it is one of an export."""
    if _MANIFEST not in archive.namelist():
        report.problems.append(f"It has no {_MANIFEST}.")
        return False
    try:
        report.manifest = orjson.loads(archive.read(_MANIFEST))
        _ = report.manifest["files"], report.manifest["columns"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        report.problems.append(f"{_MANIFEST} is not one of an export.")
        return False
    return True


def _check_files(archive, report):
    """Compare the files that are there with those that the manifest tells of."""
    names, files = archive.namelist(), report.manifest["files"]
    for name in sorted({*names, *files} - {_MANIFEST}):
        if names.count(name) != 1 or name not in files:
            report.problems.append(f"{name}: is not there once, or not told of.")
            continue
        with archive.open(name) as file:
            if _digest(file) != files[name]["sha256"]:
                report.problems.append(f"{name}: was changed.")


def _check_events(archive, report, leaf, digest, keys):
    """Read all events, and check their order, their contents and their proofs."""
    files = report.manifest["files"]
    has_leaves = "kind" in report.manifest["columns"] and any(
        name.startswith("proofs") for name in files
    )
    last = 0
    for name in sorted(files, key=_number):
        if not name.startswith("events"):
            continue
        leaves = {}
        for row in _rows(archive, name):
            report.events += 1
            if row.get("id", 0) <= last:
                report.problems.append(
                    f"{name}: event {row.get('id')} is out of order."
                )
            last = row.get("id", 0)
            _check_contents(report, row, digest)
            if has_leaves:
                leaves[last] = leaf(row)
        proof = name.replace("events", "proofs")
        if proof in files:
            _check_proofs(archive, proof, leaves, keys, report)


def _check_signature(report, keys):
    signature = report.manifest.get("signature")
    if not isinstance(signature, dict):
        report.problems.append("It is not signed.")
        return {}
    report.key, report.trusted = str(signature.get("key_id")), bool(keys)
    if not keys:
        try:
            raw = bytes.fromhex(signature["public_key"])
            public = Ed25519PublicKey.from_public_bytes(raw)
        except (KeyError, TypeError, ValueError):
            report.problems.append("It does not come with its key: name a file of it.")
            return {}
        keys = {key_id(public): public}
    # as manifest.canonical has it
    told = {name: what for name, what in report.manifest.items() if name != "signature"}
    statement = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    signed = is_signed(statement, str(signature.get("signature")), report.key, keys)
    if signed is None:
        report.problems.append(f"It is signed with another key, {report.key}.")
    elif not signed:
        report.problems.append(f"{_MANIFEST} was changed: its signature is wrong.")
    return keys


def _check_contents(report, row, digest):
    for name, side in (("asked", "request"), ("answered", "response")):
        if content := row.get(name):
            told = digest(content["salt"], content["full_digest"] + content["body"])
            if told != row.get(f"{side}_digest"):
                report.problems.append(
                    f"Event {row['id']}: what was {name} is not what it was."
                )


def _check_proofs(archive, name, leaves, keys, report):
    proved, newest, numbers = set(), 0, set()
    for proof in _rows(archive, name):
        try:
            seal, found, those = check_proof(proof, leaves, keys)
        except ValueError:
            report.problems.append(f"{name}: holds what is no proof.")
            return
        proved |= those
        numbers.add(seal.number)
        newest = max(newest, seal.last)
        report.problems += [
            f"Seal {seal.number}: {finding.problem} {dict(finding.about) or ''}".strip()
            for finding in found
        ]
    bare = sorted(leaves.keys() - proved)
    lost = [event_id for event_id in bare if event_id <= newest]
    if lost:
        report.problems.append(f"{name}: no proof of the events {lost[:_TOLD]}.")
    report.proved += len(proved & leaves.keys())
    report.seals += len(numbers)
    report.unsealed += len(bare) - len(lost)


def _rows(archive, name):
    with archive.open(name) as file:
        for line in file:
            # not by orjson, which makes a fraction of an integer of many digits
            yield json.loads(line)


def _number(name):
    """Return the place of a file among those of its sort: events, events-2, …"""
    number = name.partition(".")[0].rpartition("-")[2]
    return int(number) if number.isdigit() else 1


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
