"""Checking some events by the seals that an export brings along."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import merkle
from .seal import Seal
from .signing import is_signed
from .verification import EVENTS, KEY, SIGNATURE, Finding


def check_proof(
    proof: Mapping[str, Any],
    leaves: Mapping[int, bytes],
    keys: Mapping[str, Ed25519PublicKey],
) -> tuple[Seal, list[Finding], set[int]]:
    """Check some events by what an export says of the seal that they are in.

    :param proof: ``seal``, as :meth:`Seal.as_row` has it; ``whole``: by group the ids
        of all of its events, where all are exported; and ``paths``: by id of an event
        its group, its place there, and the digests beside its way to the root
    :param leaves: of the exported events, by id
    :return: the seal, what is wrong, and the ids that are proved
    :raise ValueError: it makes no sense
    """
    try:
        seal = Seal.from_row(proof["seal"])
        paths = {int(key): value for key, value in proof["paths"].items()}
        whole = {name: [*map(int, ids)] for name, ids in proof["whole"].items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("This is no proof") from error
    found = []
    signed = is_signed(seal.statement(), seal.signature, seal.key_id, keys)
    if signed is None:
        found.append(Finding(KEY, seal.number, {"key": seal.key_id}))
    elif not signed:
        found.append(Finding(SIGNATURE, seal.number))
    groups = {group.name: group for group in seal.groups}
    proved, wrong = set(), []
    for name, ids in whole.items():
        if _is_whole(seal, groups.get(name), ids, leaves):
            proved.update(ids)
        else:
            wrong += ids
    for event_id, (name, place, path) in paths.items():
        group, leaf = groups.get(name), leaves.get(event_id)
        root = None
        if group and leaf and seal.first <= event_id <= seal.last:
            root = merkle.root_of(
                leaf, place, group.count, [bytes.fromhex(digest) for digest in path]
            )
        if root is not None and root.hex() == group.root:
            proved.add(event_id)
        else:
            wrong.append(event_id)
    if wrong:
        found.append(Finding(EVENTS, seal.number, {"events": wrong}))
    return seal, found, proved


def _is_whole(seal, group, ids, leaves):
    """Return whether these are all events of a group, and as they were sealed."""
    if group is None or not ids or len(ids) != group.count or sorted({*ids}) != ids:
        return False
    if ids[0] < seal.first or ids[-1] > seal.last or not leaves.keys() >= {*ids}:
        return False
    return merkle.root([leaves[event_id] for event_id in ids]).hex() == group.root
