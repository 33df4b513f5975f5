"""Nothing is lost and nothing invented, whatever dies and whenever.

MCP_TEST_FAULTS=3000 sends so many calls, 300 by default; for every twenty of them a
worker is killed, and for every three hundred PostgreSQL is stopped at once. The calls
and the order of the faults are those of the seed; when a fault meets which call is the
machine's.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from storm import Storm

_COUNT = int(os.environ.get("MCP_TEST_FAULTS") or 300)
_KILLS = _COUNT // 20
_STOPS = max(1, _COUNT // 300)
_SEED = int(os.environ.get("MCP_TEST_SEED") or random.SystemRandom().getrandbits(32))
_PARAMETERS = {
    "mcp_security.rate_per_minute": "0",
    "mcp_security.lockout_failures": "0",
}
_SET_UP = """
def main(env, parameters):
    for name, value in parameters.items():
        env["ir.config_parameter"].set_param(name, value)
    user = env["res.users"].create({
        "name": "Storm",
        "login": "storm",
        "group_ids": [
            (4, env.ref("base.group_partner_manager").id),
            (4, env.ref("mcp_core.group_user").id),
        ],
    })
    partners = env["res.partner"].create([{"name": f"P{n}"} for n in range(40)])
    keys = env["res.users.apikeys"].with_user(user).sudo()
    return {"key": keys._generate("mcp", "storm", None), "parents": partners.ids}
"""
_RECOVER = """
def main(env):
    return env["mcp.audit.event"]._recover(minutes=0)
"""


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory):
    """Whoever looks at the database after the storm: (answers, rows by a query)."""
    from bootstrap import postgres
    from bootstrap.instance import Instance
    from bootstrap.testbed import Testbed

    if postgres.is_named():
        pytest.skip("a PostgreSQL that is not ours is not killed")
    with Testbed(tmp_path_factory.mktemp("storm")) as testbed:
        server = testbed.clone(testbed.addon_template("mcp_audit"))
        options = {"max_cron_threads": 0}
        with Instance(
            server, workers=3, channels="root:0", options=options
        ) as instance:
            instance.stop()
            instance.install(["mcp_audit", "mcp_security", "mcp_prompts"])
            made = instance.shell(_SET_UP, parameters=_PARAMETERS)
            instance.start()
            storm = Storm(instance.url, made["key"], _SEED, made["parents"])
            answers = _rage(storm, instance, testbed.postgres)
            instance.stop()
            recovered = instance.shell(_RECOVER)
            print(
                f"faults: seed {_SEED}, {len(answers)} calls, {storm.kills} kills of "
                f"workers, {storm.stops} stops of PostgreSQL, "
                f"{sum(a.promised for a in answers)} answered well, "
                f"{sum(a.status is None for a in answers)} not at all, "
                f"{recovered} recovered"
            )
            assert storm.kills >= _KILLS
            assert storm.stops >= _STOPS
            connection = instance.connect()
            connection.autocommit = True
            try:
                yield answers, lambda *query: _rows(connection, *query)
            finally:
                connection.close()


def _rage(storm, instance, cluster):
    """Send all calls, a part between each stop of PostgreSQL; return their answers."""
    calls, answers = storm.calls(_COUNT), []
    size = -(-len(calls) // _STOPS)
    with ThreadPoolExecutor() as others:
        keeper = others.submit(storm.keep_running, instance)
        try:
            for part in range(_STOPS):
                killer = others.submit(
                    storm.kill_workers, instance, _KILLS * (part + 1) // _STOPS
                )
                seconds = storm.faults.uniform(0.2, 3.0)
                stopper = others.submit(_stop_later, storm, cluster, seconds)
                answers += storm.run(calls[part * size : (part + 1) * size])
                # the rest of the kills hit a server that is asked little
                while not (killer.done() and stopper.done()):
                    answers += storm.run(storm.calls(1))
                    time.sleep(0.05)
                killer.result()
                stopper.result()
        finally:
            storm.over.set()
        keeper.result()
    return answers


def _stop_later(storm, cluster, seconds):
    time.sleep(seconds)
    storm.stop_postgresql(cluster)


def _rows(connection, *query):
    with connection.cursor() as cr:
        cr.execute(*query)
        return cr.fetchall()


def _repeat():
    return f"MCP_TEST_FAULTS={_COUNT} MCP_TEST_SEED={_SEED} setup/test faults"


#: What each call that was recorded has become: (token, what it was, outcomes).
_OUTCOMES = """
    SELECT begun.request_id, payload.body,
           array_agg(finished.outcome) FILTER (WHERE finished.id IS NOT NULL)
      FROM mcp_audit_event AS begun
      JOIN mcp_audit_payload AS payload
        ON payload.request_id = begun.request_id AND payload.side = 'request'
      LEFT JOIN mcp_audit_event AS finished
        ON finished.request_id = begun.request_id
       AND finished.kind = 'request.finished'
     WHERE begun.kind = 'request.begun'
     GROUP BY begun.request_id, payload.body
"""


def _token(body):
    start = body.index("storm-")
    return body[start : body.index('"', start)]


def test_each_beginning_has_one_end(aftermath):
    _answers, rows = aftermath
    wrong = [
        (request, outcomes)
        for request, _body, outcomes in rows(_OUTCOMES)
        if outcomes is None or len(outcomes) != 1
    ]
    assert not wrong, _repeat()


def test_what_was_done_is_in_the_trail_and_nothing_else_is(aftermath):
    answers, rows = aftermath
    existing = {name for (name,) in rows("SELECT name FROM res_partner")}
    ended_well = {
        _token(body)
        for _request, body, outcomes in rows(_OUTCOMES)
        if outcomes == ["success"] and '"dry_run"' not in body
    }
    done = {a.call.token for a in answers if a.call.changes} & existing
    assert not done - ended_well, f"done, and not recorded: {_repeat()}"
    assert not ended_well - done, f"recorded, and not done: {_repeat()}"


def test_what_the_callers_were_told_is_true(aftermath):
    answers, rows = aftermath
    existing = {name for (name,) in rows("SELECT name FROM res_partner")}
    told = [answer for answer in answers if answer.call.changes]
    lost = {a.call.token for a in told if a.promised} - existing
    assert not lost, f"promised, and lost: {_repeat()}"
    refused = {a.call.token for a in told if a.failed}
    assert not refused & existing, f"refused, and done: {_repeat()}"


def test_what_was_tried_or_wrong_left_nothing(aftermath):
    answers, rows = aftermath
    existing = {name for (name,) in rows("SELECT name FROM res_partner")}
    tokens = {answer.call.token for answer in answers if not answer.call.changes}
    assert not tokens & existing, _repeat()


def test_every_answer_is_json_and_no_failure_of_ours(aftermath):
    answers, _rows = aftermath
    statuses = {answer.status for answer in answers}
    assert statuses <= {None, 200, 400, 503}, (statuses, _repeat())


def test_recorded_records_are_those_that_were_created(aftermath):
    _answers, rows = aftermath
    wrong = rows(
        """
        SELECT finished.request_id, finished.record_ids
          FROM mcp_audit_event AS finished
         WHERE finished.kind = 'request.finished' AND finished.outcome = 'success'
           AND finished.operation = 'create'
           AND NOT EXISTS (
               SELECT FROM res_partner
                WHERE finished.record_ids @> to_jsonb(res_partner.id))
           AND finished.request_id NOT IN (
               SELECT request_id FROM mcp_audit_payload
                WHERE body LIKE '%"dry_run":true%')
        """
    )
    assert not wrong, _repeat()
