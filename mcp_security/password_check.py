"""The hash of a password check: remembered for a minute, and the same for all refusals.

Odoo's own check decides (``res.users._check_credentials`` and what other addons add to
it). What is different here is only the context that computes the hash of passwords:

- A password that was right is not hashed again for :data:`LIFETIME` seconds. All
  else, such as whether two-factor authentication is on, is asked anew.
- A refusal costs one hash in the current strength, whatever it is for: how long it
  takes says nothing about who exists, who has a password or who is archived.
- The stored hash is not replaced by a stronger one, as a login on the web does: calls
  that come at once would be in each other's way.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from passlib.hash import pbkdf2_sha512

from odoo.addons.mcp_core.verified_secrets import VerifiedSecrets

#: Seconds for which a password that was right is remembered.
LIFETIME = 60

_verified = VerifiedSecrets(capacity=4096, lifetime=LIFETIME)
_running: ContextVar["PasswordCheck | None"] = ContextVar(
    "mcp_password_check", default=None
)


class PasswordCheck:
    """Stands in for Odoo's password context while one password is checked.

    :param context: Odoo's own, of ``res.users._crypt_context``
    :ivar stored: the hash that the password was compared with, empty for none
    """

    def __init__(self, context):
        self._context = context
        self._default = getattr(context, "__obj__", context).handler()
        self._hashed = False
        self._missing = 0
        self.stored = ""

    def __getattr__(self, name):
        return getattr(self._context, name)

    @classmethod
    def running(cls):
        """Return the check that runs now, ``None`` for none."""
        return _running.get()

    @contextmanager
    def run(self):
        """Stand in, for Odoo's code that runs inside."""
        token = _running.set(self)
        try:
            yield self
        finally:
            _running.reset(token)

    def verify_and_update(self, password, stored):
        """As of the context, without a replacement."""
        return self.verify(password, stored), None

    def verify(self, password, stored):
        """Return whether a password is the one behind a stored hash.

        Computed, unless it was right a moment ago.
        """
        if self._context.identify(stored) in (None, "plaintext"):
            # no password, or one that Odoo has yet to hash: nothing to compare with
            return False
        self.stored = stored
        return _verified.verify(password, stored, self._compute)

    def complete(self, password):
        """Compute what a refusal has to have cost and has not yet."""
        if not self._hashed:
            self._context.hash(password)
        elif self._missing > 0:
            pbkdf2_sha512.using(rounds=self._missing).hash(password)

    def _compute(self, password, stored):
        self._hashed = True
        default = self._default
        if default.name == pbkdf2_sha512.name and default.identify(stored):
            # a hash of a time when fewer rounds were thought to be enough is computed
            # sooner
            rounds = default.from_string(stored).rounds
            self._missing = default.default_rounds - rounds
        return self._context.verify(password, stored)
