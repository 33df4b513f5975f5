"""Errors that tools raise. Those of the protocol live in ``protocol/errors.py``."""

from odoo.exceptions import UserError


class ToolError(UserError):
    """A tool cannot do what it was asked: the model reads the message.

    Say which argument is wrong, what is allowed or near, and what to call next.
    """
