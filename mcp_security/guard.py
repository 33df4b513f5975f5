"""Holding a client's call to its policy, wherever in the ORM it goes.

What a client asks for is held to the policy: what is read for it, searched, ordered and
grouped by, and what it wants changed. What Odoo then does of its own accord, such as
computing a field or keeping addresses in step, needs the fields that it needs: there
the policy rests. What comes out of that is looked at again, see :attr:`Guard.tainted`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum

from odoo.api import Environment
from odoo.fields import Field

from .policy import Policy


class Rest(Enum):
    """Why the policy rests."""

    #: Odoo computes a field: what may be read of that is known beforehand.
    COMPUTING = "computing"
    #: Odoo carries out a change that was checked.
    OWN_CODE = "own code"
    #: The guard itself looks something up.
    LOOKING_UP = "looking up"


class Guard:
    """What holds one call to the policy of its user.

    :ivar exchange: the call, ``None`` where an administrator only tries one
    :ivar tainted: whether code of Odoo's own has read what is closed to the client:
        its texts may show it
    :ivar followed: whether what is being computed has read what is closed
    :ivar filling: whether a wizard is being filled in, which may read itself
    """

    def __init__(self, exchange):
        self.exchange = exchange
        self.tainted = False
        self.followed = False
        self.filling = False
        self.rest: Rest | None = None
        self._policies: dict[tuple, Policy] = {}

    def policy(self, env: Environment) -> Policy:
        """Return the policy of the environment's user in its companies."""
        key = (env.uid, tuple(env.context.get("allowed_company_ids") or ()))
        if key not in self._policies:
            with self.resting(Rest.LOOKING_UP):
                self._policies[key] = env["mcp.access.record"]._policy()
        return self._policies[key]

    @contextmanager
    def resting(self, reason: Rest | None) -> Iterator[None]:
        """Let what runs inside do what it needs; hold it, where there is no reason."""
        before, self.rest = self.rest, reason
        try:
            yield
        finally:
            self.rest = before

    def admits(self, env: Environment, field: Field, operation: str) -> bool:
        """Return whether the policy lets a field be read or written.

        :param operation: ``read`` or ``write``
        """
        policy = self.policy(env)
        if operation != "read":
            return policy.lets_write(field)
        if self.filling and (field.model_name, field.name) in policy.filled:
            return True
        return policy.shows(field)

    def passes(self, *, reading: bool) -> bool:
        """Return whether what the policy denies happens nevertheless, and note it."""
        if self.rest is None:
            return False
        if reading and self.rest is Rest.OWN_CODE:
            self.tainted = True
        if reading and self.rest is Rest.COMPUTING:
            self.followed = True
        return True


_current: ContextVar[Guard | None] = ContextVar("mcp_guard", default=None)


@contextmanager
def guarded(exchange) -> Iterator[Guard]:
    """Hold what runs inside to the policy of its user."""
    guard = _current.get()
    if guard is not None:
        yield guard
        return
    token = _current.set(guard := Guard(exchange))
    try:
        yield guard
    finally:
        _current.reset(token)


def guarding(env: Environment) -> Guard | None:
    """Return the guard that looks at what an environment does, ``None`` for none.

    There is none outside of a client's call, and none that looks at the superuser: what
    Odoo does as such it does for everybody alike.
    """
    guard = _current.get()
    if guard is None or env.su or guard.rest is Rest.LOOKING_UP:
        return None
    return guard if guard.policy(env) else None
