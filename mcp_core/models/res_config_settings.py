"""The screen of the settings: Settings, General Settings, MCP Server.

What can be set, within which bounds and with which default is said in
:mod:`..settings`. A parameter is written only where somebody changed the value, and
removed where they changed it back to the default: a later version may have a better
one. A value that was written by hand and that no screen would accept is left alone
until somebody changes it here.
"""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.http import request

from .. import settings

_KIB = 1024
#: Settings in bytes that people are shown in KiB.
_IN_KIB = frozenset({"request_bytes"})
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
                parameters.set_param(settings.parameter(name), text)
        return result

    @api.model
    def _mcp_names(self):
        return [*settings.SWITCHES, *settings.NUMBERS, *settings.LISTS]

    @api.model
    def _mcp_shown(self, name):
        """Return the value of a setting as the screen has it."""
        parameters = self.env["ir.config_parameter"].sudo()
        text = parameters.get_param(settings.parameter(name))
        if name in settings.LISTS:
            return text
        value = settings.read(name, text)
        return value // _KIB if name in _IN_KIB else value

    def _mcp_text(self, name, value):
        """Return the text of the parameter for a changed value, False for the default.

        :raise ValidationError: the value makes no sense
        """
        if name in settings.SWITCHES:
            return False if value else "0"
        if name in settings.NUMBERS:
            return self._mcp_number_text(name, value)
        words = dict.fromkeys(re.split(r"[\s,]+", (value or "").strip().lower()))
        words.pop("", None)
        check = {
            "allowed_origins": self._mcp_check_origins,
            "allowed_hosts": self._mcp_check_hosts,
        }[name]
        return "\n".join(check(list(words))) or False

    def _mcp_number_text(self, name, value):
        number = settings.NUMBERS[name]
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
