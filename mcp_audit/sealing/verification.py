"""Checking seals against what is there: what is found, and in which seal.

Seals come in their order, each with its events. What it takes to go on with the next
one is little and can be put aside: a long verification is done in several runs.

A seal that the server has not made, or that was changed, is found and then passed over:
the next one follows on the last that can be trusted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .seal import GENESIS, Group, Seal
from .signing import is_signed

#: What may be found, by what it is called.
UNREADABLE = "unreadable"  # a seal that makes no sense
CHAIN = "chain"  # it does not follow on the one before
SIGNATURE = "signature"  # it is not signed by its key
KEY = "key"  # signed with a key that is not known here
WITNESS = "witness"  # the record outside the database says something else
UNWITNESSED = "unwitnessed"  # there is no record outside, and there are seals
TRUNCATED = "truncated"  # the record outside knows seals that are gone
EVENTS = "events"  # events were changed, added, taken away or put elsewhere
PURGE = "purge"  # more or fewer events are gone than purges tell of
CONTENT = "content"  # what was asked or answered is not what it was
CONTENT_GONE = "content_gone"  # it is gone, and no purge tells of it
ERASED = "erased"  # more was erased than is told of


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is not as it was sealed.

    :param problem: of the names above
    :param seal: number of the seal, 0 for none
    :param about: what else is to say, as JSON values: ids, a group, a key
    """

    problem: str
    seal: int = 0
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purge:
    """What the trail tells of one stretch that retention deleted from.

    :param first: id of the first event of the stretch
    :param last: of the last
    :param whole: it took all of the group from the seals that are not in *seals*, else
        none
    :param seals: by number of the seal how many it took
    :param runs: by number of the seal, where others had to stay, (first, last) of the
        ids between which it took all of the group
    :param before: it took nothing newer, UTC in ISO format; empty where it does not say
    """

    group: str
    first: int
    last: int
    whole: bool
    seals: Mapping[int, int]
    runs: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    before: str = ""

    def deleted(self, seal: Seal, group: Group) -> int:
        """Return how many events of a group it took from a seal of its stretch."""
        return self.seals.get(seal.number, group.count if self.whole else 0)


class _Purges:
    """Finds those that are about a seal, for seals in their order."""

    def __init__(self, purges, sealed):
        self._ahead = sorted(purges, key=lambda purge: purge.first, reverse=True)
        self._sealed = sealed
        self._here: list[Purge] = []

    def deleted(self, seal: Seal, group: Group) -> int:
        """Return how many events of a group purges say to have taken from a seal."""
        while self._ahead and self._ahead[-1].first <= seal.last:
            self._here.append(self._ahead.pop())
        self._here = [purge for purge in self._here if purge.last >= seal.first]
        return sum(
            purge.deleted(seal, group) for purge in self._here if self._due(purge, seal)
        )

    def _due(self, purge, seal):
        """Return whether anything of a seal was due by then: if not, somebody has
        changed the times for a while."""
        if not purge.before or seal.time < purge.before:
            return True
        # where the clock was put back, what a later seal is old enough for is due
        return self._sealed(seal.number, purge.before)

    def took(self, seal: Seal, ids: Iterable[int]) -> bool:
        """Return whether purges say to have taken one of some events of that seal."""
        runs = [run for purge in self._here for run in purge.runs.get(seal.number, ())]
        return any(first <= id_ <= last for id_ in ids for first, last in runs)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A seal, and what is known of it without those before it.

    :param signed: whether its signature is right, ``None`` where its key is not known
    :param genuine: the server has made it, as far as can be told
    """

    seal: Seal
    signed: bool | None
    genuine: bool


def weigh(
    seal: Seal,
    keys: Mapping[str, Ed25519PublicKey],
    witness: Callable[[], Mapping[int, str]],
) -> Weighed:
    """Tell a seal from one that somebody else has made or changed.

    :param witness: returns the record outside the database, which is asked where a key
        is not known: an old one may have been lost
    """
    signed = is_signed(seal.statement(), seal.signature, seal.key_id, keys)
    if signed is not None:
        return Weighed(seal, signed, signed)
    digests = witness()
    genuine = not digests or digests.get(seal.number) == seal.digest
    return Weighed(seal, signed, genuine)


class Verifier:
    """Checks one seal after the other.

    :param keys: public keys by their names
    :param witness: digest of each seal by its number, as the record outside has it
    :param purges: what was deleted by retention, in any order
    :param sealed: returns whether a seal later than the one of a number was made before
        a moment
    :param after: number of the seal to go on after
    :param doubted: whether that one can't be trusted
    :param genuine: number of the last one that can
    :param previous: its digest
    :param last: the last id that it is about
    """

    def __init__(
        self,
        keys: Mapping[str, Ed25519PublicKey],
        witness: Mapping[int, str],
        purges: Iterable[Purge] = (),
        sealed: Callable[[int, str], bool] = lambda _number, _moment: False,
        after: int = 0,
        doubted: bool = False,
        genuine: int = 0,
        previous: str = GENESIS,
        last: int = 0,
    ):
        self._keys = keys
        self._witness = witness
        by_group: dict[str, list[Purge]] = {}
        for purge in purges:
            by_group.setdefault(purge.group, []).append(purge)
        self._purges = {
            name: _Purges(those, sealed) for name, those in by_group.items()
        }
        self.after = after
        self.doubted = doubted
        self.genuine = genuine
        self.previous = previous
        self.last = last

    @property
    def progress(self) -> dict[str, Any]:
        """Return what another one goes on with, as arguments of JSON values."""
        names = ("after", "doubted", "genuine", "previous", "last")
        return {name: getattr(self, name) for name in names}

    def weigh(self, seal: Seal) -> Weighed:
        """Return what is known of a seal without those before it."""
        return weigh(seal, self._keys, lambda: self._witness)

    def begin(self, seal: Seal) -> int:
        """Return the first id that the next genuine seal has to answer for."""
        if seal.previous == self.previous or not self.doubted:
            return self.last + 1
        # what lies before it is of one that was changed
        return seal.first

    def pass_over(self, number: int) -> None:
        """Go on after a seal that can't be read."""
        self.after, self.doubted = number, True

    def check(
        self,
        weighed: Weighed,
        present: Mapping[str, Sequence[tuple[int, bytes]]],
        gone: Mapping[str, Sequence[tuple[int, bytes]]],
    ) -> list[Finding]:
        """Check the next seal.

        :param present: by group of retention, (id, leaf) of the events it answers for;
            of none where it is not genuine
        :param gone: likewise of those that retention took, where it left others
        :return: what is wrong with it, nothing where all is well
        """
        seal = weighed.seal
        found = self._check_statement(weighed)
        if not weighed.genuine:
            self.pass_over(seal.number)
            return found
        sealed = {group.name: group for group in seal.groups}
        for name in sorted(sealed.keys() | present.keys()):
            found += self._check_group(
                seal, sealed.get(name), name, present.get(name, ()), gone.get(name, ())
            )
        self.after, self.doubted, self.genuine = seal.number, False, seal.number
        self.previous, self.last = seal.digest, seal.last
        return found

    def _check_statement(self, weighed):
        seal, found = weighed.seal, []
        follows = (seal.first, seal.previous) == (self.last + 1, self.previous)
        if (
            seal.number != self.after + 1
            # the seal before is known to be wrong: that is where the chain is broken
            or not (follows or self.doubted)
            or seal.last < seal.first
        ):
            found.append(Finding(CHAIN, seal.number))
        if weighed.signed is None:
            found.append(Finding(KEY, seal.number, {"key": seal.key_id}))
        elif not weighed.signed:
            found.append(Finding(SIGNATURE, seal.number))
        # one that it does not know is being told of, or the record was put elsewhere
        if self._witness.get(seal.number, seal.digest) != seal.digest:
            found.append(Finding(WITNESS, seal.number))
        return found

    def _check_group(self, seal, sealed, name, present, gone):
        if sealed is None:
            return [self._wrong(seal, name)]
        purges = self._purges.get(name)
        deleted = purges.deleted(seal, sealed) if purges else 0
        if purges and purges.took(seal, [event_id for event_id, _leaf in present]):
            return [self._wrong(seal, name)]
        if Group.of(name, [leaf for _id, leaf in present]) == sealed:
            missing = 0
        elif not present:
            # as a whole: its root stays in the seal, and tells of nothing that is left
            missing = sealed.count
        else:
            ids = {event_id for event_id, _leaf in present}
            lost = [(event_id, leaf) for event_id, leaf in gone if event_id not in ids]
            leaves = [leaf for _id, leaf in sorted([*present, *lost])]
            if Group.of(name, leaves) != sealed:
                return [self._wrong(seal, name)]
            missing = len(lost)
        if missing == deleted:
            return []
        about = {"group": name, "missing": missing, "purged": deleted}
        return [Finding(PURGE, seal.number, about)]

    @staticmethod
    def _wrong(seal, name):
        about = {"group": name, "first": seal.first, "last": seal.last}
        return Finding(EVENTS, seal.number, about)

    def end(self) -> list[Finding]:
        """Return what is wrong once all seals were checked."""
        gone = [number for number in self._witness if number > self.genuine]
        if not gone:
            return []
        return [Finding(TRUNCATED, 0, {"first": min(gone), "last": max(gone)})]
