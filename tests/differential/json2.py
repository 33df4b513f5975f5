"""Odoo's own API, called by the same user with the same rights: what MCP is held to."""

import httpx

_PATIENCE = 30


class Refused(Exception):
    """Odoo answered with an error.

    status: of HTTP; name: of the exception
    """

    def __init__(self, status, name, message):
        super().__init__(f"{status} {name}: {message}"[:300])
        self.status = status
        self.name = name

    @property
    def is_denied(self):
        """Whether it was for lack of rights."""
        return self.status in (401, 403)


class Json2:
    """``/json/2`` with a key that is good for everything; a context manager.

    :param context: sent along with each call
    """

    def __init__(self, web_url, database, key, context):
        self.context = context
        headers = {"authorization": f"Bearer {key}", "x-odoo-database": database}
        self._http = httpx.Client(
            base_url=web_url, headers=headers, timeout=_PATIENCE, trust_env=False
        )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._http.close()

    def call(self, model, method, **arguments):
        """Return what a public method returns.

        :raise Refused: whatever the reason is
        """
        context = self.context | arguments.pop("context", {})
        response = self._http.post(
            f"/json/2/{model}/{method}", json={**arguments, "context": context}
        )
        if response.status_code == 200:
            return response.json()
        try:
            error = response.json()
        except ValueError:
            error = {}
        raise Refused(
            response.status_code, error.get("name", ""), error.get("message", "")
        )
