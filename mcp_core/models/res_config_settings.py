"""The screen of the settings: Settings, General Settings, MCP Server.

What can be set, within which bounds and with which default is said in
:mod:`..settings`. Another addon adds a table of settings to ``mcp.server`` and, for
each of them, a field ``mcp_<name>`` to this model; lists are checked by
``_mcp_check_words``. A parameter is written only where somebody changed the value, and
removed where they changed it back to the default: a later version may have a better
one. A value that was written by hand and that no screen would accept is left alone
until somebody changes it here.
"""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.http import request

from ..settings import SEPARATORS

_KIB = 1024
#: Settings in bytes that people are shown in KiB.
_IN_KIB = frozenset({"request_bytes"})
#: What is taken for a host, with a port or without, and for an origin.
_NAME = r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?"
_HOST = rf"(?:{_NAME}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"
_HOSTS = re.compile(_HOST)
_ORIGINS = re.compile(rf"[a-z][a-z0-9+.-]{{0,30}}://{_HOST}")
#: Browsers leave these out of an origin.
_IMPLIED_PORT = re.compile(r"(?<=^http:)(//.+):80$|(?<=^https:)(//.+):443$")


def _field_name(name):
    """Return the field that shows the setting *name*."""
    return f"mcp_{name}"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mcp_enabled = fields.Boolean(
        "MCP Endpoint",
        help="Let AI clients work with Odoo through the Model Context Protocol.",
    )
    mcp_session_ttl_minutes = fields.Integer(
        "Session Lifetime",
        help="Minutes until a client session that is not used ends.",
    )
    mcp_page_size = fields.Integer(
        "Page Size",
        help="Tools or resources that one page of a list holds.",
    )
    mcp_answer_records = fields.Integer(
        "Records per Answer",
        help="Records that a tool returns at most, whatever a client asks for.",
    )
    mcp_answer_bytes = fields.Integer(
        "Size of Answers",
        help="Bytes that the answer of a tool has at most.",
    )
    mcp_request_bytes = fields.Integer(
        "Size of Requests",
        help="KiB that a request has at most; a larger one is refused.",
    )
    mcp_statement_timeout_seconds = fields.Integer(
        "Time for a Query",
        help="Seconds after which a database query of a tool is stopped.",
    )
    mcp_lock_timeout_seconds = fields.Integer(
        "Wait for a Lock",
        help="Seconds that a tool waits for a record which somebody else is changing.",
    )
    mcp_allowed_origins = fields.Text(
        "Allowed Origins",
        help="Web sites whose pages may call the endpoint from a browser.",
    )
    mcp_allowed_hosts = fields.Text(
        "Allowed Hosts",
        help="Host names that clients may use to reach the endpoint.",
    )

    @api.model
    def get_values(self):
        values = super().get_values()
        values.update(
            (_field_name(name), self._mcp_shown(name)) for name in self._mcp_names()
        )
        return values

    def set_values(self):
        result = super().set_values()
        parameters = self.env["ir.config_parameter"].sudo()
        for name in self._mcp_names():
            value = self[_field_name(name)]
            if (value or False) != (self._mcp_shown(name) or False):
                text = self._mcp_text(name, value)
                parameters.set_param(self._mcp_table(name).parameter(name), text)
        return result

    @api.model
    def _mcp_names(self):
        tables = self.env["mcp.server"]._settings()
        return [name for table in tables for name in table.names]

    @api.model
    def _mcp_table(self, name):
        return self.env["mcp.server"]._settings_table(name)

    @api.model
    def _mcp_shown(self, name):
        """Return the value of a setting as the screen has it."""
        table = self._mcp_table(name)
        text = self.env["ir.config_parameter"].sudo().get_param(table.parameter(name))
        if name in table.lists:
            return text
        value = table.parse(name, text)
        return value // _KIB if name in _IN_KIB else value

    def _mcp_text(self, name, value):
        """Return the text of the parameter for a changed value, False for the default.

        :raise ValidationError: the value makes no sense
        """
        table = self._mcp_table(name)
        if name in table.switches:
            return False if value == table.switches[name] else str(int(value))
        if name in table.choices:
            return False if value == table.choices[name][0] else value
        if name in table.numbers:
            return self._mcp_number_text(name, value)
        words = dict.fromkeys(SEPARATORS.split((value or "").strip().lower()))
        words.pop("", None)
        return "\n".join(self._mcp_check_words(name, list(words))) or False

    def _mcp_check_words(self, name, words):
        """Hook: return the words of the list *name* as they are to be kept.

        An override handles the lists of its addon and leaves the others to ``super()``.

        :param words: in lower case, none twice
        :raise ValidationError: one makes no sense
        """
        if name == "allowed_origins":
            return self._mcp_check_origins(words)
        if name == "allowed_hosts":
            return self._mcp_check_hosts(words)
        return words

    def _mcp_number_text(self, name, value):
        number = self._mcp_table(name).numbers[name]
        unit = _KIB if name in _IN_KIB else 1
        if not number.minimum <= value * unit <= number.maximum:
            shown = self._fields[_field_name(name)].get_description(
                self.env, ["string"]
            )
            raise ValidationError(
                self.env._(
                    "%(setting)s: %(value)s is not between %(minimum)s and "
                    "%(maximum)s. The default is %(default)s.",
                    setting=shown["string"],
                    value=value,
                    minimum=number.minimum // unit,
                    maximum=number.maximum // unit,
                    default=number.default // unit,
                )
            )
        return False if value * unit == number.default else str(value * unit)

    def _mcp_check_origins(self, origins):
        for origin in origins:
            if not _ORIGINS.fullmatch(origin):
                raise ValidationError(
                    self.env._(
                        "Allowed Origins: “%s” is not an origin. Write the scheme, the "
                        "host and, where it is not the usual one, the port, as in "
                        "https://example.com or http://localhost:6274, without a path "
                        "or a final slash.",
                        origin,
                    )
                )
        return [_IMPLIED_PORT.sub(r"\1\2", origin) for origin in origins]

    def _mcp_check_hosts(self, hosts):
        for host in hosts:
            if not _HOSTS.fullmatch(host):
                raise ValidationError(
                    self.env._(
                        "Allowed Hosts: “%s” is not a host. Write its name only, with "
                        "or without a port, as in odoo.example.com or localhost:8069, "
                        "without https:// and without a path.",
                        host,
                    )
                )
        if hosts and request:
            own = request.httprequest.host.lower()
            if own not in hosts and re.sub(r":[0-9]+$", "", own) not in hosts:
                raise ValidationError(
                    self.env._(
                        "Allowed Hosts: the list lacks “%s”, which you are using right "
                        "now, so clients that use the same address would be refused. "
                        "Add it, or leave the list empty to allow any host.",
                        own,
                    )
                )
        return hosts
