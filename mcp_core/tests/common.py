"""A client for the tests of every addon: real HTTP against the test server.

.. code-block:: python

    class TestMine(McpCase):
        def test_partners_are_found(self):
            client = self.client(self.user)
            self.assertTrue(client.call("search", model="res.partner")["records"])
"""

from datetime import datetime, timedelta
from itertools import count

from odoo.tests import HttpCase, new_test_user

from ..protocol import headers, revision

LATEST_LEGACY = revision.LATEST_LEGACY.name
MODERN = next(r.name for r in revision.REVISIONS.values() if r.modern)
LEGACY = [r.name for r in revision.REVISIONS.values() if not r.modern]


class ToolFailed(AssertionError):
    """A tool answered with ``isError``; the text is what a model would read."""


class RequestFailed(AssertionError):
    """A request was answered with a JSON-RPC error.

    :ivar code: the JSON-RPC error code
    :ivar data: its data, ``None`` without any
    """

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data")


class McpClient:
    """One caller of the endpoint, in one revision.

    With a key and a revision of the legacy era it has opened a session.

    :param case: the :class:`HttpCase` whose server is called
    :param key: the API key, ``None`` to send none
    """

    def __init__(self, case, key=None, revision=LATEST_LEGACY):
        self._case = case
        self._ids = count(1)
        self.revision = revision
        self.headers = {
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": revision,
        }
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
            if revision != MODERN:
                self.initialize()

    def initialize(self, **capabilities):
        """Open a session and return the HTTP response of ``initialize``."""
        self.headers.pop(headers.SESSION, None)
        response = self.post(
            self.message(
                "initialize",
                {
                    "protocolVersion": self.revision,
                    "capabilities": capabilities,
                    "clientInfo": {"name": "test", "version": "1"},
                },
            )
        )
        if headers.SESSION in response.headers:
            self.headers[headers.SESSION] = response.headers[headers.SESSION]
        return response

    def post(self, body=None, method="POST", path="/mcp", **kwargs):
        """Send *body* (JSON value or bytes) and return the raw HTTP response.

        Headers in ``headers`` replace the client's own; ``None`` leaves one out.
        """
        merged = {**self.headers, **kwargs.pop("headers", {})}
        if isinstance(body, bytes):
            kwargs["data"] = body
            merged.setdefault("Content-Type", "application/json")
        elif body is not None:
            kwargs["json"] = body
        return self._case.url_open(
            path, method=method, headers=merged, allow_redirects=False, **kwargs
        )

    def message(self, method, params=None):
        """Return the request *method* as this client's revision writes it."""
        params = dict(params or {})
        if self.revision == MODERN:
            params["_meta"] = {
                headers.META_PROTOCOL_VERSION: MODERN,
                headers.META_CLIENT_CAPABILITIES: {},
                headers.META_CLIENT_INFO: {"name": "test", "version": "1"},
                **params.get("_meta", {}),
            }
        return {
            "jsonrpc": "2.0",
            "id": next(self._ids),
            "method": method,
            "params": params,
        }

    def mirrored(self, message):
        """Return the headers that the modern era repeats from *message*."""
        if self.revision != MODERN:
            return {}
        mirrored = {headers.METHOD: message["method"]}
        params = message["params"]
        name = params.get("name", params.get("uri"))
        if name is not None:
            mirrored[headers.NAME] = name
        return mirrored

    def request(self, method, params=None):
        """Call *method* and return its result.

        :raise RequestFailed: it is answered with an error
        """
        message = self.message(method, params)
        body = self.post(message, headers=self.mirrored(message)).json()
        self._case.assertEqual(body.get("id"), message["id"])
        if "error" in body:
            raise RequestFailed(body["error"])
        return body["result"]

    def call(self, tool, **arguments):
        """Call a tool and return its structured result.

        :raise ToolFailed: the tool answered with an error
        """
        result = self.request("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise ToolFailed(result["content"][0]["text"])
        return result["structuredContent"]


class McpCase(HttpCase):
    """A test with users, keys and clients of the endpoint.

    :cvar user: a member of MCP / User with no further rights than any employee
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.new_user("mcp_user")

    @classmethod
    def new_user(cls, login, groups="base.group_user,mcp_core.group_user", **values):
        """Return a new user; *groups* as for :func:`odoo.tests.new_test_user`."""
        context = {"no_reset_password": True, "mail_create_nolog": True}
        return new_test_user(cls.env, login, groups, context=context, **values)

    @classmethod
    def new_key(cls, user, scope="mcp", expires=None):
        """Return a new API key of *user*, valid for a day unless told otherwise."""
        expires = expires or datetime.now() + timedelta(days=1)
        keys = cls.env["res.users.apikeys"].with_user(user)
        return keys.sudo()._generate(scope, "test", expires)

    def client(self, user=None, revision=LATEST_LEGACY, **key_options):
        """Return a client that calls as *user*, or as nobody."""
        key = self.new_key(user, **key_options) if user else None
        return McpClient(self, key, revision)
