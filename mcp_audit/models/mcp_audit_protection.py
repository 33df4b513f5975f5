"""How well the trail is protected from those who run it, for people to see."""

from datetime import timedelta

from odoo import api, fields, models

#: Tables that nobody is to change but through their functions.
_TABLES = (
    "mcp_audit_event",
    "mcp_audit_payload",
    "mcp_audit_seal",
    "mcp_audit_leaf",
    "mcp_audit_floor",
)
#: Sealing is late when the oldest event without a seal is older.
_LATE = timedelta(minutes=15)


class McpAuditProtection(models.AbstractModel):
    _name = "mcp.audit.protection"
    _description = "MCP Audit Protection"

    @api.model
    def _level(self):
        """Return what keeps the events as they are.

        1: triggers, which the owner of the tables could drop, and that is Odoo. 2: the
        tables are of a role that Odoo has not (sql/level2.sql).

        :rtype: int
        """
        self.env.cr.execute(
            """
            SELECT bool_and(
                NOT pg_has_role(current_user, relowner, 'MEMBER')
                AND NOT has_table_privilege(oid, 'UPDATE')
                AND NOT has_table_privilege(oid, 'DELETE')
                AND NOT has_table_privilege(oid, 'TRUNCATE'))
              FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r'
               AND relnamespace = 'public'::regnamespace
            """,
            [list(_TABLES)],
        )
        return 2 if self.env.cr.fetchone()[0] else 1

    @api.model
    def _sealed(self):
        """Return (when the last seal was made, whether sealing is late)."""
        self.env.cr.execute(
            """
            WITH newest AS (SELECT * FROM mcp_audit_seal ORDER BY id DESC LIMIT 1)
            SELECT (SELECT time FROM newest),
                   (SELECT event.time FROM mcp_audit_event AS event
                     WHERE event.id > COALESCE((SELECT last_id FROM newest), 0)
                     ORDER BY event.id LIMIT 1)
            """
        )
        [(sealed, oldest)] = self.env.cr.fetchall()
        return sealed, bool(oldest and oldest < fields.Datetime.now() - _LATE)
