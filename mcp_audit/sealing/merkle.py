"""Merkle trees of SHA-256 and their audit paths, as RFC 6962 has them (section 2.1).

Leaves are digests already, made with the prefix that tells them from nodes.
"""

import hashlib
from collections.abc import Sequence


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return what stands for all leaves in their order, 32 bytes."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level):
    """Return the level above: pairs, and the last one as it is where it has none."""
    above = [
        _node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)
    ]
    return above + level[-1:] if len(level) % 2 else above


def paths(leaves: Sequence[bytes], places: Sequence[int]) -> dict[int, list[bytes]]:
    """Return the audit paths of some leaves: the digests that lead to the root.

    :param places: of the leaves, from 0
    :return: by place, the digests beside the way from the leaf upwards
    """
    found: dict[int, list[bytes]] = {place: [] for place in places}
    level, step = list(leaves), 0
    while len(level) > 1:
        for place, path in found.items():
            beside = (place >> step) ^ 1
            if beside < len(level):
                path.append(level[beside])
        level, step = _above(level), step + 1
    return found


def root_of(leaf: bytes, place: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf and its path come to, ``None`` for no such path.

    :param place: of the leaf, from 0
    :param count: of all leaves
    """
    if not 0 <= place < count:
        return None
    known = iter(path)
    digest = leaf
    while count > 1:
        if place % 2 or place + 1 < count:
            beside = next(known, None)
            if beside is None:
                return None
            digest = _node(beside, digest) if place % 2 else _node(digest, beside)
        place, count = place // 2, (count + 1) // 2
    return digest if next(known, None) is None else None
