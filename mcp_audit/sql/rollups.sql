-- Rollups: how much of what was asked for on each day, folded from the events.
--
-- Every statement can be run again.

CREATE TABLE IF NOT EXISTS mcp_audit_rollup (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day            date NOT NULL,
    user_id        integer,
    login          varchar,
    method         varchar,
    tool           varchar,
    model          varchar,
    client_name    varchar,
    outcome        varchar,
    calls          bigint NOT NULL,
    errors         bigint NOT NULL,
    denials        bigint NOT NULL,
    request_bytes  bigint NOT NULL,
    response_bytes bigint NOT NULL,
    -- those whose duration is known, and their sum: exact, in whatever order
    timed          bigint NOT NULL,
    duration       numeric NOT NULL,
    -- up to the last bucket in which there is something
    histogram      integer[] NOT NULL,
    average_duration numeric GENERATED ALWAYS AS (duration / NULLIF(timed, 0)) STORED
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX IF NOT EXISTS mcp_audit_rollup_key ON mcp_audit_rollup (
    day, COALESCE(user_id, 0), COALESCE(login, ''), COALESCE(method, ''),
    COALESCE(tool, ''), COALESCE(model, ''), COALESCE(client_name, ''),
    COALESCE(outcome, '')
);
CREATE INDEX IF NOT EXISTS mcp_audit_rollup_tool ON mcp_audit_rollup (tool, day);
CREATE INDEX IF NOT EXISTS mcp_audit_rollup_user ON mcp_audit_rollup (user_id, day);

INSERT INTO mcp_audit_checkpoint (name, last_id) VALUES ('rollup', 0)
    ON CONFLICT DO NOTHING;

-- complete: everything that was recorded before is in the rollups.
-- purged: the newest day that retention took a request of. That day and those before
-- can't be folded again.
CREATE TABLE IF NOT EXISTS mcp_audit_rollup_state (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    complete timestamp,
    purged   date
);
INSERT INTO mcp_audit_rollup_state DEFAULT VALUES ON CONFLICT DO NOTHING;

-- With the rights of whoever deletes: with those of its owner it would read, as the
-- events that are gone, whatever somebody else had given it.
CREATE OR REPLACE FUNCTION mcp_audit_rollup_purged() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.mcp_audit_rollup_state SET purged = newest.day
      FROM (SELECT max("time")::date AS day FROM gone
             WHERE kind = 'request.finished') AS newest
     WHERE newest.day > COALESCE(purged, '-infinity');
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER mcp_audit_rollup_purged
    AFTER DELETE ON mcp_audit_event REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_rollup_purged();
