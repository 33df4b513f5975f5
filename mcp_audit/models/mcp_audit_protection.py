"""How well the trail is protected from those who run it, for people to see."""

from datetime import datetime, timedelta

from odoo import api, fields, models

#: Tables that nobody is to change but through their functions.
_KEPT = (
    "mcp_audit_event",
    "mcp_audit_payload",
    "mcp_audit_seal",
    "mcp_audit_leaf",
    "mcp_audit_floor",
)
#: Tables that these functions look at, and that Odoo changes too.
_ASKED = ("mcp_audit_hold", "mcp_audit_rollup_state")
#: Sealing is late when the oldest event without a seal is older.
_LATE = timedelta(minutes=15)


class McpAuditProtection(models.AbstractModel):
    _name = "mcp.audit.protection"
    _description = "MCP Audit Protection"

    @api.model
    def _level(self):
        """Return what keeps the events as they are.

        1: triggers, which the owner of the tables could drop, and that is Odoo. 2: all
        that keeps them is of a role that Odoo has not, and can't have (sql/level2.sql).

        :rtype: int
        """
        self.env.cr.execute(
            """
            WITH tables AS (
                SELECT oid, relowner AS owner, relname = ANY(%(kept)s) AS kept
                  FROM pg_class
                 WHERE relname = ANY(%(kept)s || %(asked)s) AND relkind = 'r'
                   AND relnamespace = 'public'::regnamespace
            ), owners AS (
                SELECT owner FROM tables
                 UNION
                SELECT proowner FROM pg_proc
                 WHERE proname LIKE 'mcp\\_audit\\_%%'
                   AND pronamespace = 'public'::regnamespace
                 UNION
                SELECT nspowner FROM pg_namespace WHERE nspname = 'public'
            )
            SELECT (SELECT count(*) FROM tables) = %(count)s
               AND NOT EXISTS (
                   SELECT FROM owners WHERE pg_has_role(current_user, owner, 'MEMBER'))
               AND NOT EXISTS (
                   SELECT FROM tables
                    WHERE has_table_privilege(oid, 'TRUNCATE, REFERENCES, TRIGGER')
                       OR kept AND has_table_privilege(oid, 'UPDATE, DELETE'))
               AND NOT EXISTS (
                   SELECT FROM pg_roles
                    WHERE rolname = current_user
                      AND (rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication
                           OR pg_has_role('pg_execute_server_program', 'MEMBER')
                           OR pg_has_role('pg_write_server_files', 'MEMBER')))
            """,
            {
                "kept": list(_KEPT),
                "asked": list(_ASKED),
                "count": len(_KEPT) + len(_ASKED),
            },
        )
        return 2 if self.env.cr.fetchone()[0] else 1

    @api.model
    def _sealed(self):
        """Return (when the last seal was made, whether sealing is late)."""
        newest = self.env["mcp.audit.seal"]._newest(self.env.cr)
        self.env.cr.execute(
            "SELECT time FROM mcp_audit_event WHERE id > %s ORDER BY id LIMIT 1",
            [newest.last if newest else 0],
        )
        [oldest] = self.env.cr.fetchone() or [None]
        sealed = datetime.fromisoformat(newest.time) if newest else None
        return sealed, bool(oldest and oldest < fields.Datetime.now() - _LATE)
