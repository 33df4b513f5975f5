"""Remembering which secrets were right, where finding out is dear on purpose."""

import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class VerifiedSecrets:
    """Remembers which secret matched which stored hash, in this process alone.

    Entries are digests under a secret of the process: neither secret nor hash can be
    read from them, and a hash that changes in the database matches no entry.

    >>> verified = VerifiedSecrets(capacity=2)
    >>> verified.verify("key", "hash", lambda key, stored: True)
    True

    :param capacity: of entries; the least recently used is forgotten first
    :param lifetime: seconds after which an entry is forgotten however much it is used,
        ``None`` for never
    """

    def __init__(self, capacity: int, lifetime: float | None = None):
        self._secret = os.urandom(32)
        self._capacity = capacity
        self._lifetime = lifetime
        #: when each digest was verified, the least recently used first
        self._moments: OrderedDict[bytes, float] = OrderedDict()
        self._lock = Lock()

    def verify(
        self, secret: str, stored: str, verify: Callable[[str, str], bool]
    ) -> bool:
        """Return whether *secret* is the one behind the hash *stored*.

        :param verify: called with (secret, stored) where the answer is not remembered.
            Only successes are: guessing must stay expensive.
        """
        digest = hmac.digest(self._secret, f"{stored}\0{secret}".encode(), "sha256")
        with self._lock:
            if self._is_fresh(digest):
                self._moments.move_to_end(digest)
                return True
        if not verify(secret, stored):
            return False
        with self._lock:
            self._moments[digest] = time.monotonic()
            self._moments.move_to_end(digest)
            if len(self._moments) > self._capacity:
                self._moments.popitem(last=False)
        return True

    def _is_fresh(self, digest: bytes) -> bool:
        moment = self._moments.get(digest)
        if moment is None:
            return False
        return self._lifetime is None or time.monotonic() - moment < self._lifetime
