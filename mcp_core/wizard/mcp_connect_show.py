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
    url = fields.Char("Address", compute="_compute_url")
    database = fields.Char(
        compute="_compute_url",
        help="The database that clients have to name, where the server has several.",
    )
    origin_pass = fields.Char(compute="_compute_url")
    claude_code = fields.Text(compute="_compute_texts")
    claude_desktop = fields.Text(compute="_compute_texts")
    vscode = fields.Text("VS Code", compute="_compute_texts")
    cursor = fields.Text(compute="_compute_texts")
    curl = fields.Text("curl", compute="_compute_texts")

    @api.depends("key")
    def _compute_url(self):
        origin = self._web_origin()
        for shown in self:
            shown.url = f"{origin}/mcp"
            shown.database = self._database_to_name()
            shown.origin_pass = self.env["mcp.server"]._origin_pass(origin)

    @api.depends("key", "url", "database")
    def _compute_texts(self):
        for shown in self:
            headers = {"Authorization": f"Bearer {shown.key}"}
            if shown.database:
                headers["X-Odoo-Database"] = shown.database
            remote = {"url": shown.url, "headers": headers}
            shown.claude_code = self._claude_code(shown.url, headers)
            shown.claude_desktop = self._claude_desktop(shown.url, headers)
            shown.vscode = _json({"servers": {_NAME: {"type": "http", **remote}}})
            shown.cursor = _json({"mcpServers": {_NAME: remote}})
            shown.curl = self._curl(shown.url, headers)

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
