"""Seals, and the job that makes them: see :mod:`..sealing`."""

import os
from pathlib import Path
from urllib.parse import quote

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config

from odoo.addons.queue_job.exception import RetryableJobError

from .. import store
from ..event import COLUMNS, leaf
from ..sealing import signing
from ..sealing.seal import (
    EVENTS_MAX,
    GENESIS,
    Group,
    Seal,
    group_of,
    purge_statement,
)
from ..sealing.signing import SigningKey
from ..sealing.witness import Witness

_COLUMNS = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
#: One at a time makes seals: two numbers of an advisory lock.
_LOCK = (7165, 3)
#: Seals that the record outside is told of at once, where it was behind.
_BEHIND = 1000


class McpAuditSeal(models.Model):
    _name = "mcp.audit.seal"
    _description = "MCP Audit Seal"
    _auto = False
    _log_access = False
    _order = "id desc"
    _rec_name = "id"

    time = fields.Datetime("Sealed", readonly=True)
    first_id = fields.Integer("First ID", readonly=True, aggregator=None)
    last_id = fields.Integer("Last ID", readonly=True, aggregator=None)
    count = fields.Integer("Events", readonly=True)
    groups = fields.Json(readonly=True)
    previous = fields.Char("Seal Before", readonly=True)
    key_id = fields.Char(readonly=True)
    signature = fields.Char(readonly=True)

    def init(self):
        store.install(self.env, "seals")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Seals are made by the server."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Seals can't be changed."))

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("Seals can't be deleted."))

    # ------------------------------------------------------------
    # Outside the database
    # ------------------------------------------------------------

    @api.model
    def _folder(self):
        """Return where keys and the record of seals are: beside the database.

        Below Odoo's data folder, or below what MCP_AUDIT_DIR says in the environment of
        the server.
        """
        base = os.environ.get("MCP_AUDIT_DIR")
        base = Path(base) if base else Path(config["data_dir"], "mcp_audit")
        return base / quote(self.env.cr.dbname, safe="")

    @api.model
    def _witness(self):
        return Witness(self._folder() / "seals.jsonl")

    @api.model
    def _signed(self, statement):
        """Return what is to be known of the signature of some bytes, as JSON values.

        The public key proves that what is signed is whole. Whose it is, is known by
        whoever has that key from the server itself.
        """
        key = SigningKey.load(self._folder())
        return {
            "algorithm": signing.ALGORITHM,
            "key_id": key.key_id,
            "public_key": key.public.public_bytes_raw().hex(),
            "signature": key.sign(statement),
        }

    @api.model
    def _vouched(self, told):
        """Return the details of an event that tells of a purge, with a signature.

        Not by names that stand for secrets: those are taken out of events.
        """
        key = SigningKey.load(self._folder())
        signed = key.sign(purge_statement(told))
        return {**told, "signer": key.key_id, "signed": signed}

    # ------------------------------------------------------------
    # Sealing
    # ------------------------------------------------------------

    @api.model
    def _start(self):
        """Scheduled action: have sealed what is not, if there is anything."""
        newest = self._newest(self.env.cr)
        self.env.cr.execute(
            "SELECT EXISTS (SELECT FROM mcp_audit_event WHERE id > %s)",
            [newest.last if newest else 0],
        )
        [(open_,)] = self.env.cr.fetchall()
        if open_:
            self.with_delay(
                identity_key="mcp_audit.seal",
                description=self.env._("MCP Audit: seal the new events"),
            )._seal()

    @api.model
    def _seal(self, size=EVENTS_MAX):
        """Job: seal all events that are there by now, and return how many those are.

        Each seal is a transaction of its own, and is told outside right after it.

        :param size: events of a seal at most
        :raise RetryableJobError: requests that take long keep it from starting
        :raise OSError: the key or the record outside can't be read or written
        """
        registry = self.env.registry
        key, witness = SigningKey.load(self._folder()), self._witness()
        self._tell(witness)
        until = store.settled_apart(registry)
        if until is None:
            raise RetryableJobError("Events are being appended", ignore_retry=True)
        total = 0
        while True:
            with store.apart(registry, single=False) as cr:
                seal = self._make(cr, key, until, size)
            if not seal:
                return total
            witness.note([seal])
            total += seal.count

    @api.model
    def _tell(self, witness):
        """Tell the record outside of seals that a crash kept from it."""
        last = witness.last()
        while True:
            self.env.cr.execute(
                SQL(
                    "SELECT * FROM mcp_audit_seal WHERE id > %s ORDER BY id LIMIT %s",
                    last,
                    _BEHIND,
                )
            )
            behind = self.env.cr.dictfetchall()
            if not behind:
                return
            witness.note(self._genuine(behind))
            last = behind[-1]["id"]

    @api.model
    def _make(self, cr, key, until, size):
        """Seal the next events, and return the seal, ``None`` where there are none.

        By SQL: the store is written by SQL only, and is to be read as it is.
        """
        cr.execute(SQL("SELECT pg_advisory_xact_lock(%s, %s)", *_LOCK))
        # a statement of its own: its snapshot is younger than the lock
        before = self._newest(cr)
        last = before.last if before else 0
        events = self._events(cr, last + 1, until, size)
        if not events:
            return None
        seal = Seal(
            number=self._next_number(cr, before.number if before else 0),
            time=self._now(cr).isoformat(timespec="microseconds"),
            first=last + 1,
            last=events[-1]["id"],
            groups=tuple(
                Group.of(name, [leaf for _id, leaf in leaves])
                for name, leaves in sorted(self._leaves(events).items())
            ),
            previous=before.digest if before else GENESIS,
            key_id=key.key_id,
        )
        row = seal.as_row() | {"signature": key.sign(seal.statement())}
        cr.execute(
            SQL(
                "INSERT INTO mcp_audit_seal (%s) VALUES (%s)",
                SQL(", ").join(map(SQL.identifier, row)),
                SQL(", ").join(
                    SQL("%s", Json(value) if name == "groups" else value)
                    for name, value in row.items()
                ),
            )
        )
        return Seal.from_row(row)

    @api.model
    def _now(self, cr):
        # of the clock that the events have their times of
        cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return cr.fetchone()[0]

    @api.model
    def _events(self, cr, first, last, limit=None):
        """Return the events of a range in their order, as rows of the store."""
        cr.execute(
            SQL(
                """
                SELECT %s FROM mcp_audit_event
                 WHERE id BETWEEN %s AND %s ORDER BY id LIMIT %s
                """,
                _COLUMNS,
                first,
                last,
                limit,
            )
        )
        return cr.dictfetchall()

    @api.model
    def _leaves(self, events):
        """Return {group of retention: [(id, leaf)]} of events."""
        leaves = {}
        for row in events:
            leaves.setdefault(group_of(row["kind"]), []).append((row["id"], leaf(row)))
        return leaves

    @api.model
    def _gone(self, cr, first, last):
        """Return the same of what retention took and left others of."""
        cr.execute(
            SQL(
                """
                SELECT subject, event_id, leaf FROM mcp_audit_leaf
                 WHERE event_id BETWEEN %s AND %s ORDER BY event_id
                """,
                first,
                last,
            )
        )
        gone = {}
        for name, event_id, digest in cr.fetchall():
            gone.setdefault(name, []).append((event_id, bytes(digest)))
        return gone
