-- Retention: what may be deleted, and the only way to delete it.
--
-- The functions that delete run with the rights of their owner, and name everything in
-- full: where another role owns the trail, Odoo's own may call them and nothing else.
-- They decide by themselves what may go. Whoever calls them can only ask for less. They
-- are never compiled: for a short stretch that takes longer than the work.
--
-- Whatever they call, they call with the very types that it takes: a function of the
-- same name whose types fit better would run with their rights.
-- Every statement can be run again, after those of holds.sql.

-- Days for which nothing may be deleted, whatever the settings say. What was asked and
-- answered may go at any age: the law may want that.
CREATE TABLE IF NOT EXISTS mcp_audit_floor (
    subject varchar PRIMARY KEY CHECK (subject IN ('events', 'payloads')),
    days    integer NOT NULL CHECK (days >= 0)
);
INSERT INTO mcp_audit_floor (subject, days) VALUES ('events', 30), ('payloads', 0)
    ON CONFLICT DO NOTHING;

-- Where something was erased, the place stays: it says when, and nothing else.
ALTER TABLE mcp_audit_payload ADD COLUMN IF NOT EXISTS erased timestamp;
CREATE INDEX IF NOT EXISTS mcp_audit_payload_time ON mcp_audit_payload (time);

-- Which days count for events of a kind. What tells of purges stays: without it nobody
-- could tell one from a loss.
CREATE OR REPLACE FUNCTION mcp_audit_group(kind varchar) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN kind LIKE 'request.%' OR kind LIKE 'session.%' THEN 'requests'
        WHEN kind IN ('purge.deleted', 'audit.erased') THEN 'kept'
        WHEN kind LIKE 'auth.%' OR kind LIKE 'address.%'
          OR kind LIKE 'rate.%' OR kind LIKE 'access.%' THEN 'security'
        ELSE 'changes'
    END
$$;

-- Which of three values counts for events of a kind, null for what stays.
DROP FUNCTION IF EXISTS mcp_audit_by_group(varchar, anyelement, anyelement, anyelement);
CREATE OR REPLACE FUNCTION mcp_audit_by_group(
    kind varchar, requests timestamp, security timestamp, changes timestamp)
RETURNS timestamp
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE public.mcp_audit_group(kind)
        WHEN 'requests' THEN requests
        WHEN 'security' THEN security
        WHEN 'changes' THEN changes
    END
$$;
CREATE OR REPLACE FUNCTION mcp_audit_by_group(
    kind varchar, requests bigint, security bigint, changes bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE public.mcp_audit_group(kind)
        WHEN 'requests' THEN requests
        WHEN 'security' THEN security
        WHEN 'changes' THEN changes
    END
$$;

-- The last event that a seal older than a moment covers, 0 without one: the one place
-- that knows what is sealed. Ends of seals are where retention cuts, so that a seal
-- loses all events of a group or none.
CREATE OR REPLACE FUNCTION mcp_audit_sealed(before timestamp) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF to_regclass('public.mcp_audit_seal') IS NULL THEN
        RETURN 0;
    END IF;
    RETURN COALESCE(
        (SELECT max(last_id) FROM public.mcp_audit_seal WHERE "time" < before), 0);
END
$$;

-- How many seals a range of events touches.
CREATE OR REPLACE FUNCTION mcp_audit_seals(first bigint, last bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF to_regclass('public.mcp_audit_seal') IS NULL THEN
        RETURN 0;
    END IF;
    RETURN (SELECT count(*) FROM public.mcp_audit_seal AS seal
             WHERE seal.last_id >= first AND seal.first_id <= last);
END
$$;

-- The next so many events after one, to the end of a seal where one ends among them.
CREATE OR REPLACE FUNCTION mcp_audit_stretch(after bigint, until bigint, size integer)
RETURNS TABLE (first bigint, last bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- one bound within, the other outside: between two that it does not know, the
    -- planner takes all there is for a few, and sorts them
    SELECT min(id), max(id) INTO first, last FROM (
        SELECT id FROM public.mcp_audit_event
         WHERE id > after ORDER BY id LIMIT size) AS ahead
     WHERE id <= until;
    IF to_regclass('public.mcp_audit_seal') IS NOT NULL THEN
        last := COALESCE(
            (SELECT max(seal.last_id) FROM public.mcp_audit_seal AS seal
              WHERE seal.last_id BETWEEN first AND last), last);
    END IF;
    RETURN NEXT;
END
$$;

-- What of the asked-for age is older than the floor allows to keep.
CREATE OR REPLACE FUNCTION mcp_audit_floored(subject varchar, before timestamp)
RETURNS timestamp
LANGUAGE sql STABLE AS $$
    SELECT LEAST(before, (clock_timestamp() AT TIME ZONE 'UTC') - make_interval(days =>
        COALESCE((SELECT days FROM public.mcp_audit_floor AS floor
                   WHERE floor.subject = $1), 30)))
$$;

-- Before which moment events of a group are due, and up to which id, by moments as in
-- {"requests": "2026-01-31 00:00:00"}: no later than the floor, and sealed by then.
CREATE OR REPLACE FUNCTION mcp_audit_cut(cutoffs jsonb, subject text,
                                         OUT before timestamp, OUT until bigint)
LANGUAGE sql STABLE AS $$
    SELECT floored, public.mcp_audit_sealed(floored)
      FROM public.mcp_audit_floored(
               'events'::varchar, (cutoffs ->> subject)::timestamp) AS floored
     WHERE cutoffs ? subject
$$;

-- The events of a range that are due by the moments of their groups, each with its
-- place and the holds that keep it. Nothing is joined: each event would be copied for
-- that.
CREATE OR REPLACE FUNCTION mcp_audit_due(first bigint, last bigint, cutoffs jsonb)
RETURNS TABLE (id bigint, place tid, "time" timestamp, subject text, holds integer[])
LANGUAGE sql STABLE AS $$
    WITH requests AS MATERIALIZED (
        SELECT * FROM public.mcp_audit_cut(cutoffs, 'requests'::text)
    ), security AS MATERIALIZED (
        SELECT * FROM public.mcp_audit_cut(cutoffs, 'security'::text)
    ), changes AS MATERIALIZED (
        SELECT * FROM public.mcp_audit_cut(cutoffs, 'changes'::text)
    )
    SELECT event.id, event.ctid, event.time, public.mcp_audit_group(event.kind),
           CASE WHEN (
               SELECT EXISTS (SELECT FROM public.mcp_audit_hold WHERE state = 'active')
           ) THEN (
               SELECT array_agg(hold.id) FROM public.mcp_audit_hold AS hold
                WHERE hold.state = 'active' AND public.mcp_audit_about(hold, event)
           ) END
      FROM public.mcp_audit_event AS event
     WHERE event.id BETWEEN first AND last
       -- each of these is looked up once, not for each event
       AND event.time < public.mcp_audit_by_group(event.kind,
               (SELECT before FROM requests), (SELECT before FROM security),
               (SELECT before FROM changes))
       AND event.id <= public.mcp_audit_by_group(event.kind,
               (SELECT until FROM requests), (SELECT until FROM security),
               (SELECT until FROM changes))
$$;

-- The last of what was asked or answered that may be older than a moment. Ids and
-- times differ in their order by what runs at once, and no more.
CREATE OR REPLACE FUNCTION mcp_audit_payloads_until(before timestamp) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(max(id), 0) FROM (
        SELECT id FROM public.mcp_audit_payload
         WHERE "time" < before ORDER BY "time" DESC LIMIT 1000) AS newest
$$;

-- As mcp_audit_due, of what was asked and answered. A hold is about it where it is
-- about an event of that request.
CREATE OR REPLACE FUNCTION mcp_audit_payloads_due(first bigint, last bigint,
                                                  before timestamp)
RETURNS TABLE (id bigint, place tid, "time" timestamp, holds integer[])
LANGUAGE sql STABLE AS $$
    WITH cut AS MATERIALIZED (
        SELECT floored AS before, public.mcp_audit_payloads_until(floored) AS until
          FROM public.mcp_audit_floored('payloads'::varchar, before) AS floored
    )
    SELECT payload.id, payload.ctid, payload.time,
           public.mcp_audit_held(payload.request_id)
      FROM public.mcp_audit_payload AS payload, cut
     WHERE payload.id BETWEEN first AND last
       AND payload.id <= cut.until AND payload.time < cut.before
$$;

-- Delete what is due of a range of events.
CREATE OR REPLACE FUNCTION mcp_audit_purge(first bigint, last bigint, cutoffs jsonb)
RETURNS TABLE (subject text, deleted bigint, held bigint, first_id bigint,
               last_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET mcp_audit.purpose = 'retention' AS $$
DECLARE
    requests record;
    security record;
    changes  record;
BEGIN
    PERFORM public.mcp_audit_steady();
    -- statements of their own: their snapshots are younger than the lock
    IF NOT EXISTS (SELECT FROM public.mcp_audit_hold WHERE state = 'active') THEN
        -- as it is nearly always, and half of the work below
        SELECT * INTO requests FROM public.mcp_audit_cut(cutoffs, 'requests'::text);
        SELECT * INTO security FROM public.mcp_audit_cut(cutoffs, 'security'::text);
        SELECT * INTO changes FROM public.mcp_audit_cut(cutoffs, 'changes'::text);
        RETURN QUERY
        WITH gone AS (
            DELETE FROM public.mcp_audit_event AS event
             WHERE event.id BETWEEN first AND last
               AND event.time < public.mcp_audit_by_group(
                       event.kind, requests.before, security.before, changes.before)
               AND event.id <= public.mcp_audit_by_group(
                       event.kind, requests.until, security.until, changes.until)
            RETURNING public.mcp_audit_group(event.kind) AS subject, event.id
        )
        SELECT gone.subject, count(*), 0::bigint, min(id), max(id)
          FROM gone GROUP BY gone.subject;
        RETURN;
    END IF;
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT * FROM public.mcp_audit_due(first, last, cutoffs)
    ), gone AS (
        DELETE FROM public.mcp_audit_event AS event USING due
         WHERE event.ctid = due.place AND due.holds IS NULL
        RETURNING due.subject, event.id
    ), all_due AS (
        SELECT gone.subject, id FROM gone UNION ALL
        SELECT due.subject, NULL FROM due WHERE holds IS NOT NULL
    )
    SELECT all_due.subject, count(id), count(*) - count(id), min(id), max(id)
      FROM all_due GROUP BY all_due.subject;
END
$$;

-- Delete what is due of a range of what was asked and answered.
CREATE OR REPLACE FUNCTION mcp_audit_purge_payloads(first bigint, last bigint,
                                                    before timestamp)
RETURNS TABLE (subject text, deleted bigint, held bigint, first_id bigint,
               last_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET mcp_audit.purpose = 'retention' AS $$
BEGIN
    PERFORM public.mcp_audit_steady();
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT * FROM public.mcp_audit_payloads_due(first, last, before)
    ), gone AS (
        DELETE FROM public.mcp_audit_payload AS payload USING due
         WHERE payload.ctid = due.place AND due.holds IS NULL
        RETURNING payload.id
    ), all_due AS (
        SELECT id FROM gone UNION ALL
        SELECT NULL FROM due WHERE holds IS NOT NULL
    )
    SELECT 'payloads', count(id), count(*) - count(id), min(id), max(id)
      FROM all_due HAVING count(*) > 0;
END
$$;

-- Erase what was asked and answered in some requests: the events keep their digests,
-- which without the salt tell nothing, and so the seals stay valid.
CREATE OR REPLACE FUNCTION mcp_audit_erase(requests varchar[])
RETURNS TABLE (erased bigint, held bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
SET mcp_audit.purpose = 'retention' AS $$
BEGIN
    PERFORM public.mcp_audit_steady();
    RETURN QUERY
    WITH chosen AS MATERIALIZED (
        SELECT payload.id, public.mcp_audit_held(payload.request_id) AS holds
          FROM public.mcp_audit_payload AS payload,
               public.mcp_audit_floored(
                   'payloads'::varchar, clock_timestamp() AT TIME ZONE 'UTC') AS before
         WHERE payload.request_id = ANY(requests)
           AND payload.erased IS NULL AND payload.time < before
    ), gone AS (
        DELETE FROM public.mcp_audit_payload AS payload USING chosen
         WHERE payload.id = chosen.id AND chosen.holds IS NULL
        RETURNING payload.id, payload.time, payload.request_id, payload.side
    ), noted AS (
        INSERT INTO public.mcp_audit_payload (id, "time", request_id, side, salt, body,
                                              size, full_digest, erased)
        OVERRIDING SYSTEM VALUE
        SELECT gone.id, gone.time, gone.request_id, gone.side, '', '', 0, '',
               clock_timestamp() AT TIME ZONE 'UTC'
          FROM gone
        RETURNING id
    )
    SELECT (SELECT count(*) FROM noted),
           (SELECT count(*) FROM chosen WHERE holds IS NOT NULL);
END
$$;

-- Whoever may connect may run a function, unless told otherwise.
REVOKE EXECUTE ON FUNCTION mcp_audit_purge(bigint, bigint, jsonb) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION mcp_audit_purge_payloads(bigint, bigint, timestamp)
    FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION mcp_audit_erase(varchar[]) FROM PUBLIC;
