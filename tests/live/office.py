"""The second channel: Odoo's own web interface, where an administrator changes things.

What is changed here goes through another door, and with worker processes through
another process, than the requests under test.
"""

import uuid
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class Employee:
    """A user made for a test, with an API key; `desk` is their own web session."""

    id: int
    login: str
    key: str
    desk: "WebSession"


class OdooError(Exception):
    """Odoo's own interface answered with an error."""


class WebSession:
    """A session of Odoo's web client: a cookie, and calls of model methods."""

    def __init__(self, web_url, database, login, password):
        self._password = password
        self._http = httpx.Client(base_url=web_url, timeout=30, trust_env=False)
        self.user_id = self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )["uid"]

    def close(self):
        self._http.close()

    @property
    def cookies(self):
        return dict(self._http.cookies)

    def call(self, model, method, *args, **kwargs):
        """Return what a public method of a model returns."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def confirmed(self, model, method, *args):
        """Return the action of a method that may want the password once more."""
        action = self.call(model, method, *args)
        if action.get("res_model") == "res.users.identitycheck":
            action = self.call(
                "res.users.identitycheck",
                "run_check",
                [action["res_id"]],
                context={"password": self._password},
            )
        return action

    def new_key(self):
        """Return a new API key of this user, good for a day."""
        description = self.call(
            "res.users.apikeys.description",
            "create",
            [{"name": "live test", "duration": "1"}],
        )
        action = self.confirmed(
            "res.users.apikeys.description", "make_key", description
        )
        return action["context"]["default_key"]

    def remove_keys(self):
        """Remove all API keys of this user."""
        keys = self.call(
            "res.users.apikeys", "search", [("user_id", "=", self.user_id)]
        )
        self.confirmed("res.users.apikeys", "remove", keys)

    def _post(self, path, params):
        response = self._http.post(path, json={"jsonrpc": "2.0", "params": params})
        answer = response.raise_for_status().json()
        if "error" in answer:
            raise OdooError(answer["error"]["data"]["message"])
        return answer["result"]


class Office:
    """The administrator at work; a context manager that goes home with its desks."""

    def __init__(self, web_url, database, password):
        self._open = lambda login, secret: WebSession(web_url, database, login, secret)
        self.desk = self._open("admin", password)
        self._desks = [self.desk]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for desk in self._desks:
            desk.close()

    def hire(self, groups, name=None):
        """Return a new :class:`Employee` who is in these groups and no others.

        :param name: theirs, the login where it is not given
        """
        login = f"live-{uuid.uuid4().hex[:12]}"
        [user_id] = self.desk.call(
            "res.users",
            "create",
            [
                {
                    "name": name or login,
                    "login": login,
                    "password": login,
                    "group_ids": [(6, 0, [self.reference(name) for name in groups])],
                }
            ],
            context={"no_reset_password": True},
        )
        desk = self._open(login, login)
        self._desks.append(desk)
        return Employee(user_id, login, desk.new_key(), desk)

    def create(self, model, **values):
        """Return the id of a new record."""
        [record_id] = self.desk.call(model, "create", [values])
        return record_id

    def write(self, model, record_id, values):
        self.desk.call(model, "write", [record_id], values)

    def unlink(self, model, record_id):
        self.desk.call(model, "unlink", [record_id])

    def reference(self, name):
        """Return the id of the record with the external id *name*."""
        module, name = name.split(".")
        [found] = self.desk.call(
            "ir.model.data",
            "search_read",
            [("module", "=", module), ("name", "=", name)],
            ["res_id"],
        )
        return found["res_id"]
