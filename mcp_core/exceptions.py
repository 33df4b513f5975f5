"""Errors that tools raise. Those of the protocol live in ``protocol/errors.py``."""

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError, UserError

#: What Odoo runs a request again for: nothing in between may swallow it.
RETRIED = (OperationalError, ConcurrencyError)


class ToolError(UserError):
    """A tool cannot do what it was asked: the model reads the message.

    Say which argument is wrong, what is allowed or near, and what to call next.
    """
