"""Showing a new key, once, with what to paste into the client.

No table behind it: key and texts live in the dialog and nowhere else.
"""

import json
import shlex

from odoo import api, fields, models
from odoo.http import db_list, request

from ..protocol.revision import LATEST_LEGACY

#: What the clients are told to call this server.
_NAME = "odoo"


class McpConnectShow(models.AbstractModel):
    _name = "mcp.connect.show"
    _description = "New Key of an MCP Client"

    # without it the web client does not ask for the values of the others
    id = fields.Id()
    key = fields.Char("API Key", readonly=True)
    url = fields.Char("Address", readonly=True)
    database = fields.Char(
        readonly=True,
        help="The database that clients have to name, where the server has several.",
    )
    origin_pass = fields.Char(readonly=True)
    claude_code = fields.Text(readonly=True)
    claude_desktop = fields.Text(readonly=True)
    vscode = fields.Text("VS Code", readonly=True)
    cursor = fields.Text(readonly=True)
    curl = fields.Text("curl", readonly=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if key := self.env.context.get("default_key"):
            texts = self._texts(key)
            defaults.update((name, texts[name]) for name in fields if name in texts)
        return defaults

    @api.model
    def _texts(self, key):
        """Return what the dialog shows for *key*, by field."""
        origin, database = self._web_origin(), self._database_to_name()
        url = f"{origin}/mcp"
        headers = {"Authorization": f"Bearer {key}"}
        if database:
            headers["X-Odoo-Database"] = database
        remote = {"url": url, "headers": headers}
        return {
            "url": url,
            "database": database,
            "origin_pass": self.env["mcp.server"]._origin_pass(origin),
            "claude_code": self._claude_code(url, headers),
            "claude_desktop": self._claude_desktop(url, headers),
            "vscode": _json({"servers": {_NAME: {"type": "http", **remote}}}),
            "cursor": _json({"mcpServers": {_NAME: remote}}),
            "curl": self._curl(url, headers),
        }

    @api.model
    def _web_origin(self):
        """Return the origin that the browser uses: where this answer goes to.

        The browser says it itself in requests of the web client, whatever stands
        between it and this server.
        """
        if not request:
            return self.get_base_url()
        origin = request.httprequest.headers.get("Origin")
        return origin or request.httprequest.host_url.rstrip("/")

    @api.model
    def _database_to_name(self):
        """Return the database where clients have to name it, otherwise ``False``."""
        if not request:
            return False
        host = request.httprequest.environ.get("HTTP_HOST")
        return len(db_list(force=True, host=host)) != 1 and self.env.cr.dbname

    @api.model
    def _claude_code(self, url, headers):
        lines = [f"claude mcp add --transport http {_NAME} {url}"]
        lines += [f'--header "{name}: {value}"' for name, value in headers.items()]
        return " ".join(lines)

    @api.model
    def _claude_desktop(self, url, headers):
        # On Windows a space within an argument breaks it: the key comes by a variable.
        arguments = ["-y", "mcp-remote", url, "--header", "Authorization:${AUTH}"]
        for name, value in headers.items():
            if name != "Authorization":
                arguments += ["--header", f"{name}:{value}"]
        if url.startswith("http://"):
            arguments.append("--allow-http")
        server = {
            "command": "npx",
            "args": arguments,
            "env": {"AUTH": headers["Authorization"]},
        }
        return _json({"mcpServers": {_NAME: server}})

    @api.model
    def _curl(self, url, headers):
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": LATEST_LEGACY.name,
                "capabilities": {},
                "clientInfo": {"name": "curl", "version": "8"},
            },
        }
        headers = {
            **headers,
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        lines = [f"curl {shlex.quote(url)}"]
        lines += [f'-H "{name}: {value}"' for name, value in headers.items()]
        lines.append(f"-d {shlex.quote(json.dumps(message))}")
        return " \\\n  ".join(lines)


def _json(value):
    return json.dumps(value, indent=2, ensure_ascii=False)
