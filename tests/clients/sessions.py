"""The second channel: the sessions in the server's own database."""


class Sessions:
    """The sessions that the server keeps, seen and ended behind the clients' backs."""

    def __init__(self, server, office):
        self._desk = office.desk
        self._connection = server.connect()
        self._connection.autocommit = True

    def close(self):
        self._connection.close()

    def opened_by(self, name):
        """Return the revisions of the sessions that clients of this name have."""
        return self._execute(
            "SELECT revision FROM mcp_session WHERE client_name LIKE %s", f"{name}%"
        )

    def expire(self):
        """Let the time of all sessions run out."""
        self._execute("UPDATE mcp_session SET expires = '2000-01-01' RETURNING id")

    def terminate(self):
        """End all sessions by the button that an administrator has."""
        self._desk.call("mcp.session", "action_terminate", self._all())

    def clear(self):
        """Forget what other tests left."""
        self._execute("DELETE FROM mcp_session RETURNING id")

    def _all(self):
        return self._execute("SELECT id FROM mcp_session")

    def _execute(self, statement, *values):
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [value for (value,) in cursor.fetchall()]
