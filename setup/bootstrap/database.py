"""Databases: making, cloning, dropping, and the mark that tells whose they are.

A database's comment is the mark: what it was made of and whether it was finished.
One without our mark is never touched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg2
from psycopg2 import sql

from .console import Failure
from .postgres import Cluster, NamedServer

_MARK = "odoo-mcp"
#: The oldest major version of PostgreSQL that Odoo 19 works with.
_OLDEST = 13


@contextlib.contextmanager
def _failures(server: Cluster | NamedServer) -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        if isinstance(error, psycopg2.errors.DiskFull):
            remedy = "free some space and run the same command again"
        elif server.embedded:
            remedy = "stop it and run the same command again"
        else:
            remedy = "put the PG* variables right, or unset them for an own cluster"
        raise Failure(f"PostgreSQL refuses ({reason})", remedy) from None


class Database:
    """One database, by name, on a server that runs."""

    def __init__(self, server: Cluster | NamedServer, name: str):
        self.server = server
        self.name = name

    @classmethod
    def marked(
        cls, server: Cluster | NamedServer, prefix: str, mark: str
    ) -> list[Database]:
        """The databases whose name and mark begin so."""
        found = cls(server, "postgres")._query(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            " AND starts_with(shobj_description(oid, 'pg_database'), %s)",
            [prefix, f"{_MARK}: {mark}"],
        )
        return [cls(server, name) for (name,) in found]

    def connect(self):
        """A psycopg2 connection to the database; the caller closes it."""
        return psycopg2.connect(**self.server.parameters(self.name))

    def exists(self) -> bool:
        """Whether there is a database of that name, ours or not."""
        return bool(
            self._query("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
        )

    @property
    def mark(self) -> str | None:
        """The mark's text; None where the database is not ours or not there."""
        rows = self._query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = %s",
            [self.name],
        )
        text = (rows[0][0] if rows else None) or ""
        kind, _, rest = text.partition(": ")
        return rest if kind == _MARK else None

    @mark.setter
    def mark(self, text: str) -> None:
        self._change("COMMENT ON DATABASE {} IS %s", [f"{_MARK}: {text}"])

    def create(self) -> None:
        """Makes it empty, marked as being built.

        :raises Failure: it is there and not ours, or the role may not create
        """
        self.check_ours()
        self._check_server()
        self._change("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        self.mark = "being built"

    def clone(self, template: str) -> None:
        """Makes it a copy of `template`, which nobody may be connected to."""
        with _failures(self.server), self._cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(self.name), sql.Identifier(template)
                )
            )
        self.mark = f"clone of {template}"

    def drop(self) -> None:
        """Drops it if it is there, throwing out whoever is connected."""
        self.check_ours()
        self._change("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def check_ours(self) -> None:
        """:raises Failure: where a database of that name is somebody else's"""
        if self.exists() and self.mark is None:
            raise Failure(
                f"the database {self.name} is there and is not of our making",
                "name another one: PGDATABASE=…",
            )

    def _check_server(self) -> None:
        (row,) = self._query(
            "SELECT current_user, rolsuper OR rolcreatedb,"
            " current_setting('server_version_num')::int / 10000"
            " FROM pg_roles WHERE rolname = current_user"
        )
        role, may_create, version = row
        if not may_create:
            raise Failure(
                f"the role {role} may not create databases",
                f"ALTER ROLE {role} CREATEDB, or use another role: PGUSER=…",
            )
        if role == "postgres":
            raise Failure(
                "Odoo refuses to work as the role postgres",
                "create another (createuser --createdb odoo) and use it: PGUSER=odoo",
            )
        if version < _OLDEST:
            raise Failure(
                f"PostgreSQL {version} is too old for Odoo 19",
                f"use {_OLDEST} or later, or unset PG* for an own cluster",
            )

    @contextlib.contextmanager
    def _cursor(self) -> Iterator:
        connection = psycopg2.connect(**self.server.parameters("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _query(self, query: str, values: list | None = None) -> list[tuple]:
        with _failures(self.server), self._cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def _change(self, statement: str, values: list | None = None) -> None:
        """Runs a statement with the database's name for its {}."""
        with _failures(self.server), self._cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(self.name)), values)
