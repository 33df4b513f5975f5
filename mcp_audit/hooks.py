"""What uninstalling does beyond removing the records of the addon."""

import shutil

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import settings

#: What is kept where an administrator wants the trail to stay.
_TRAIL = ("event", "payload", "seal", "leaf")
_OTHERS = ("checkpoint", "floor", "rollup", "rollup_state", "schema")


def uninstall_hook(env):
    """Remove what the ORM knows nothing of: tables, functions, jobs, settings, files.

    The trail itself goes too, unless the settings say that it stays: then its tables
    are moved to a schema of their own, where no later install finds them. What is
    outside the database, the keys and the record of seals, is left alone.

    :raise UserError: the tables are not Odoo's (level 2)
    """
    if env["mcp.audit.protection"]._level() == 2:
        raise UserError(
            env._(
                "The tables of the audit trail belong to another role (level 2). Run "
                "mcp_audit/sql/level1.sql first."
            )
        )
    keep = env["mcp.server"]._setting("keep_trail")
    keys = settings.TABLE.parameters
    env["ir.config_parameter"].search([("key", "in", keys)]).unlink()
    env.flush_all()
    # what is to be appended still, such as that the settings have changed
    env.cr.precommit.run()
    if keep:
        _move(env.cr)
    _drop(env.cr)
    env.cr.execute("DELETE FROM queue_job WHERE channel LIKE 'root.mcp\\_audit%'")
    folder = env["mcp.audit.export"]._folder()
    env.cr.postcommit.add(lambda: shutil.rmtree(folder, ignore_errors=True))


def _move(cr):
    schema = SQL.identifier(f"mcp_audit_kept_{fields.Datetime.now():%Y%m%d_%H%M%S}")
    cr.execute(SQL("CREATE SCHEMA %s", schema))
    for name in _TRAIL:
        table = SQL.identifier(f"mcp_audit_{name}")
        cr.execute(SQL("ALTER TABLE %s SET SCHEMA %s", table, schema))


def _drop(cr):
    for name in (*_TRAIL, *_OTHERS):
        table = SQL.identifier(f"mcp_audit_{name}")
        cr.execute(SQL("DROP TABLE IF EXISTS %s CASCADE", table))
    cr.execute(
        """
        SELECT oid::regprocedure::text FROM pg_proc
         WHERE proname LIKE 'mcp\\_audit\\_%'
           AND pronamespace = current_schema()::regnamespace
        """
    )
    for (function,) in cr.fetchall():
        # as PostgreSQL itself has written it
        cr.execute(SQL(f"DROP FUNCTION IF EXISTS {function} CASCADE"))
