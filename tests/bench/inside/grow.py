"""Runs within Odoo's shell: more of something.

`main` is called with the shell's `env`; what it returns goes back as JSON.
"""


def main(env, what, count):
    """Make so many more tools, access records, sessions or audit events."""
    return globals()[f"_{what}"](env, count)


def _tools(env, count):
    there = env["mcp.tool"].search_count([])
    example = env["mcp.tool"].search([("name", "=", "count")])
    for number in range(there, there + count):
        example.copy({"name": f"count_{number}"})


def _access(env, count):
    taken = env["mcp.access.record"].search([]).model_id
    models = env["ir.model"].search(
        [("abstract", "=", False), ("id", "not in", taken.ids)]
    )
    # as many models as there are, then several for each
    env["mcp.access.record"].create(
        [{"model_id": models[number % len(models)].id} for number in range(count)]
    )


def _sessions(env, count):
    env.cr.execute(
        """
        INSERT INTO mcp_session (token_hash, user_id, credential, revision, last_seen,
                                 expires, create_date, write_date)
        SELECT md5(random()::text) || number, id, 'apikey:0', '2025-11-25', now(),
               now() + interval '1 day', now(), now()
          FROM generate_series(1, %s) AS number, res_users
         WHERE login = 'demo'
        """,
        [count],
    )
    env.cr.commit()
    env.cr.execute("ANALYZE mcp_session")


def _events(env, count):
    env.cr.execute(
        """
        INSERT INTO mcp_audit_event (time, kind, request_id, user_id, login, method,
                                     tool, model, outcome, duration)
        SELECT (now() AT TIME ZONE 'UTC') - make_interval(secs => number / 10.0),
               'request.finished', 'grown' || number || random(), 7, 'demo',
               'tools/call', 'search', 'res.partner', 'success', 12.5
          FROM generate_series(1, %s) AS number
        """,
        [count],
    )
    env.cr.commit()
    env.cr.execute("ANALYZE mcp_audit_event")
