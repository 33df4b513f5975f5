"""What is left of each user's limits, the same for all workers and servers."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.mcp_core.cursors import autocommit

from ..rate import Balance

#: Longer than any bucket takes to fill up, in days.
_KEPT_DAYS = 30
#: One row for all limits of a user, and its lock decides over all of them: a message
#: counts in each or in none. The clock is read once the lock is held. A moment later
#: than a bucket can have, after a change of its limit or of the clock, counts as empty.
#: A function, because PostgreSQL remembers how it runs what is in one.
_TAKE = """
CREATE OR REPLACE FUNCTION mcp_rate_take(
    caller integer, cost bigint, burst bigint,
    tool text, tool_cost bigint, tool_burst bigint,
    OUT allowed boolean, OUT ahead bigint, OUT tool_ahead bigint
) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mcp_rate_bucket AS bucket (user_id, moment, passed, due, tools)
    SELECT caller, moment, true, moment + cost,
           CASE WHEN tool = '' THEN '{}'
                ELSE jsonb_build_object(tool, moment + tool_cost) END
      FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
                   AS moment) now
        ON CONFLICT (user_id) DO UPDATE
       SET (moment, passed, due, tools) = (
           SELECT moment, passed,
                  due + CASE WHEN passed THEN cost ELSE 0 END,
                  CASE WHEN tool = '' THEN bucket.tools
                       ELSE bucket.tools || jsonb_build_object(tool,
                            tool_due + CASE WHEN passed THEN tool_cost ELSE 0 END)
                  END
             FROM (SELECT moment, due, tool_due,
                          due <= moment + cost * (burst - 1)
                          AND tool_due <= moment + tool_cost * (tool_burst - 1)
                          AS passed
                     FROM (SELECT moment,
                                  least(greatest(bucket.due, moment),
                                        moment + cost * burst) AS due,
                                  least(greatest((bucket.tools ->> tool)::bigint,
                                                 moment),
                                        moment + tool_cost * tool_burst) AS tool_due
                             FROM (SELECT (extract(epoch FROM clock_timestamp())
                                           * 1000000)::bigint AS moment) now
                          ) before
                  ) decided)
    RETURNING passed, due - moment, (tools ->> tool)::bigint - moment
         INTO allowed, ahead, tool_ahead;
END
$$
"""


class McpRateBucket(models.Model):
    """One row per user: when each of their buckets will be full again.

    In microseconds, ``due`` for all messages and ``tools`` for those that call a tool
    which has a limit of its own. Not logged by PostgreSQL: after a crash the table is
    empty, and so every bucket full. Without an id, whose sequence each statement would
    advance.
    """

    _name = "mcp.rate.bucket"
    _description = "MCP Rate Limit Balance"
    _auto = False
    _log_access = False

    user_id = fields.Many2one("res.users")
    moment = fields.Integer(help="Of the last message.")
    passed = fields.Boolean(help="Whether it was allowed.")
    due = fields.Integer()
    tools = fields.Json(help="By name.")

    def init(self):
        self.env.cr.execute(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS mcp_rate_bucket (
                user_id integer PRIMARY KEY,
                moment bigint NOT NULL,
                passed boolean NOT NULL,
                due bigint NOT NULL,
                tools jsonb NOT NULL
            ) WITH (fillfactor = 50)
            """
        )
        self.env.cr.execute(SQL(_TAKE))

    @api.model
    def _take(self, user_id, rate, tool, tool_rate):
        """Count a message of a user; one that a limit does not allow counts nowhere.

        :param rate: of all messages, ``None`` for no limit
        :param tool: that is called and has a limit of its own, otherwise ``""``
        :param tool_rate: its limit, ``None`` without one
        :return: whether the message may pass, and what is left of each limit
        :rtype: tuple[bool, list[Balance]]
        """
        with autocommit(self.env.registry) as cr:
            cr.execute(
                "SELECT * FROM mcp_rate_take(%s, %s, %s, %s, %s, %s)",
                [
                    user_id,
                    rate.cost if rate else 0,
                    rate.burst if rate else 1,
                    tool,
                    tool_rate.cost if tool_rate else 0,
                    tool_rate.burst if tool_rate else 1,
                ],
            )
            passed, ahead, tool_ahead = cr.fetchone()
        balances = []
        if rate:
            balances.append(Balance("user", rate, ahead))
        if tool_rate:
            balances.append(Balance("tool", tool_rate, tool_ahead))
        return passed, balances

    @api.autovacuum
    def _gc_buckets(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM mcp_rate_bucket WHERE moment <"
                " extract(epoch FROM now() - %s * interval '1 day') * 1000000",
                _KEPT_DAYS,
            )
        )
