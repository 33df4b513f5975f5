"""Who is locked out: failed attempts by address, and by login and address.

A row counts the failures of one network, or of one login from one network. It is
written by one statement on a cursor of its own and committed at once, so that it
survives whatever happens to the request, and read again by every request.
"""

import hmac

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.base.models.res_users import INDEX_SIZE
from odoo.addons.mcp_core.cursors import autocommit, read_committed

#: The first delay, which doubles with each failure more, and the longest, in seconds.
_DELAY = 30
_DELAY_MAX = 15 * 60
#: How often a key is looked at while an address is locked, in seconds.
KEY_SECONDS = 2
#: After so long without a failure counting begins anew, in seconds.
_FORGOTTEN = 60 * 60
#: How the key begins of a row that counts for everybody at a network.
OF_NETWORK = "network:"
#: Rows are kept so long after that for administrators to see, in days.
_KEPT_DAYS = 7
#: A failure more for each key, in the order of the keys: two that come together wait
#: for each other and never for both.
_FAIL = """
INSERT INTO mcp_lockout AS lock
       (key, network, login, failures, last_failure, locked_until, request)
SELECT key, network, login, 1, now.moment,
       CASE WHEN most <= 1 THEN now.moment + %(delay)s * interval '1 second' END,
       %(request)s
  FROM unnest(%(keys)s, %(networks)s, %(logins)s, %(most)s)
       AS failed (key, network, login, most),
       (SELECT clock_timestamp() AT TIME ZONE 'utc' AS moment) now
 ORDER BY key
    ON CONFLICT (key) DO UPDATE
   SET (failures, locked_until, last_failure, network, login, request) = (
       SELECT counted,
              CASE WHEN counted >= failed.most
                   THEN excluded.last_failure + least(
                       %(longest)s, %(delay)s * 2 ^ least(counted - failed.most, 20)
                   ) * interval '1 second' END,
              excluded.last_failure, excluded.network, excluded.login,
              excluded.request
         FROM (SELECT CASE WHEN lock.last_failure < excluded.last_failure
                                - %(forgotten)s * interval '1 second'
                           THEN 1 ELSE lock.failures + 1 END AS counted) failures,
              (SELECT most FROM unnest(%(keys)s, %(most)s) AS known (key, most)
                WHERE known.key = excluded.key) failed)
 WHERE lock.request IS DISTINCT FROM excluded.request
RETURNING locked_until IS NOT NULL
"""


class McpLockout(models.Model):
    _name = "mcp.lockout"
    _description = "MCP Lockout"
    _order = "locked_until desc nulls last, last_failure desc, id"
    _rec_name = "network"
    _log_access = False

    key = fields.Char(required=True)
    network = fields.Char(required=True, help="The address, or the network of it.")
    login = fields.Char(help="As it was typed.")
    subject = fields.Char(
        "Who",
        compute="_compute_subject",
        help="The login as it was typed; all wrong keys, as a key names no login; or "
        "everybody at the network.",
    )
    failures = fields.Integer(required=True)
    last_failure = fields.Datetime(required=True)
    locked_until = fields.Datetime(index=True)
    is_locked = fields.Boolean(
        "Locked", compute="_compute_is_locked", search="_search_is_locked"
    )
    next_slot = fields.Datetime(help="When a key may be tried again while locked.")
    request = fields.Char(help="The last one that failed, which is counted once.")

    _key_unique = models.UniqueIndex("(key)")

    @api.depends("key", "login")
    def _compute_subject(self):
        for lock in self:
            if lock.key.startswith(OF_NETWORK):
                lock.subject = self.env._("Everybody there")
            else:
                lock.subject = lock.login or self.env._("API keys")

    @api.depends("locked_until")
    def _compute_is_locked(self):
        now = fields.Datetime.now()
        for lock in self:
            lock.is_locked = bool(lock.locked_until and lock.locked_until > now)

    def _search_is_locked(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("locked_until", ">", fields.Datetime.now())
        wanted = set(value)
        if wanted == {True}:
            return domain
        if wanted == {False}:
            return ~domain
        return fields.Domain(wanted == {True, False})

    def action_lift(self):
        """Let those in again who are locked out."""
        self.check_access("unlink")
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------
    # On the way of a request
    # ------------------------------------------------------------

    @api.model
    def _key_of(self, scheme, login, network):
        """Return the key of a login at a network: none that tells the login.

        Signed with the database's secret, hence sudo.
        """
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        text = f"{scheme}\0{login.casefold()}\0{network}".encode()
        return f"login:{hmac.digest(secret.encode(), text, 'sha256').hex()}"

    @api.model
    def _locks(self, keys):
        """Return {key: seconds that it is locked for, 0 where it only has failures}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT key, greatest(0, coalesce(ceil(extract(epoch FROM locked_until
                       - clock_timestamp() AT TIME ZONE 'utc')), 0))::int
                  FROM mcp_lockout
                 WHERE key IN %s
                """,
                tuple(keys),
            )
        )
        return dict(rows)

    @api.model
    def _fail(self, request, failed):
        """Count a failure; one request counts once, however often it is run.

        :param str request: names the request
        :param failed: (key, network, login, failures that lock it) of each row
        :return: whether something is locked now
        """
        keys, networks, logins, most = map(list, zip(*sorted(failed), strict=True))
        with read_committed(self.env.registry) as cr:
            # a lock survives a crash, whatever the server's default is
            cr.execute("SET LOCAL synchronous_commit TO on")
            cr.execute(
                _FAIL,
                {
                    "keys": keys,
                    "networks": networks,
                    "logins": logins,
                    "most": most,
                    "request": request,
                    "delay": _DELAY,
                    "longest": _DELAY_MAX,
                    "forgotten": _FORGOTTEN,
                },
            )
            return any(locked for (locked,) in cr.fetchall())

    @api.model
    def _take_slot(self, key):
        """Return whether a request may pass a lock: one every :data:`KEY_SECONDS`."""
        with autocommit(self.env.registry) as cr:
            cr.execute(
                """
                UPDATE mcp_lockout
                   SET next_slot = clock_timestamp() AT TIME ZONE 'utc'
                                   + %s * interval '1 second'
                 WHERE key = %s
                   AND coalesce(next_slot, '-infinity')
                       <= clock_timestamp() AT TIME ZONE 'utc'
                """,
                [KEY_SECONDS, key],
            )
            return bool(cr.rowcount)

    @api.model
    def _is_key_of_anybody(self, secret):
        """Return whether there is a key that begins like *secret*."""
        query = SQL(
            "SELECT 1 FROM res_users_apikeys WHERE index = %s LIMIT 1",
            secret[:INDEX_SIZE],
        )
        return bool(self.env.execute_query(query))

    @api.model
    def _clear(self, key):
        """Forget the failures of a login that has succeeded."""
        with autocommit(self.env.registry) as cr:
            cr.execute("DELETE FROM mcp_lockout WHERE key = %s", [key])

    @api.autovacuum
    def _gc_lockouts(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM mcp_lockout WHERE last_failure <"
                " now() AT TIME ZONE 'utc' - %s * interval '1 day'",
                _KEPT_DAYS,
            )
        )
