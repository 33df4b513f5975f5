-- The store of events, made when the addon is installed and brought up to date with it.
--
-- Not made by the ORM, which knows no bigint ids, and which is to have no part in what
-- keeps the events as they are. Every statement can be run again.

CREATE TABLE IF NOT EXISTS mcp_audit_event (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time            timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    kind            varchar NOT NULL,
    request_id      varchar,
    user_id         integer,
    login           varchar,
    credential      varchar,
    auth_method     varchar,
    address         varchar,
    user_agent      varchar,
    origin          varchar,
    session_id      integer,
    client_name     varchar,
    client_version  varchar,
    revision        varchar,
    method          varchar,
    tool            varchar,
    resource        varchar,
    prompt          varchar,
    model           varchar,
    operation       varchar,
    record_ids      jsonb,
    record_count    integer,
    outcome         varchar,
    error_code      integer,
    http_status     integer,
    duration        double precision,
    request_bytes   integer,
    response_bytes  integer,
    trace_id        varchar,
    details         jsonb,
    request_digest  varchar,
    response_digest varchar
);

-- What a call was asked and what it answered, apart from the events: it can be erased
-- where the law wants that, and the seals of the events stay valid.
CREATE TABLE IF NOT EXISTS mcp_audit_payload (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time            timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    request_id      varchar NOT NULL,
    side            varchar NOT NULL CHECK (side IN ('request', 'response')),
    salt            varchar NOT NULL,
    body            text NOT NULL,
    size            integer NOT NULL,
    truncated       boolean NOT NULL DEFAULT false,
    full_digest     varchar NOT NULL,
    UNIQUE (request_id, side)
);

-- A request begins once and ends once, whoever says so: the worker that ran it, or the
-- recovery that found it dead. The second one waits for the first and then fails. What
-- else happens to it may happen again. One index says so and finds all of a request.
CREATE UNIQUE INDEX IF NOT EXISTS mcp_audit_event_request ON mcp_audit_event (
    request_id, kind,
    (CASE WHEN kind IN ('request.begun', 'request.finished') THEN 0 ELSE id END)
);
-- What the recovery looks for.
CREATE INDEX IF NOT EXISTS mcp_audit_event_begun
    ON mcp_audit_event (id) WHERE kind = 'request.begun';

-- What auditors look for, newest first: with the time behind what is looked for, a
-- period is one stretch of the index, in the order of the list. Each request is in as
-- few of them as possible: nobody needs an index to find what nearly all are.
-- The time alone is in the order of the table: with the id behind it PostgreSQL takes
-- that for less so, and reads the whole table for what a week comes to.
CREATE INDEX IF NOT EXISTS mcp_audit_event_time ON mcp_audit_event (time);
CREATE INDEX IF NOT EXISTS mcp_audit_event_user
    ON mcp_audit_event (user_id, time, id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS mcp_audit_event_login
    ON mcp_audit_event (login, time, id) WHERE login IS NOT NULL;
CREATE INDEX IF NOT EXISTS mcp_audit_event_address
    ON mcp_audit_event (address, time, id) WHERE address IS NOT NULL;
CREATE INDEX IF NOT EXISTS mcp_audit_event_tool
    ON mcp_audit_event (tool, time, id) WHERE tool IS NOT NULL;
CREATE INDEX IF NOT EXISTS mcp_audit_event_model
    ON mcp_audit_event (model, time, id) WHERE model IS NOT NULL;
CREATE INDEX IF NOT EXISTS mcp_audit_event_outcome
    ON mcp_audit_event (outcome, time, id) WHERE outcome <> 'success';
CREATE INDEX IF NOT EXISTS mcp_audit_event_kind
    ON mcp_audit_event (kind, time, id)
    WHERE kind NOT IN ('request.begun', 'request.finished');
CREATE INDEX IF NOT EXISTS mcp_audit_event_session
    ON mcp_audit_event (session_id, time, id) WHERE session_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS mcp_audit_event_slow
    ON mcp_audit_event (duration) WHERE duration >= 1000;

-- How rows are added: a function, because PostgreSQL remembers how it runs what is in
-- one, and this is in the way of every call. Each member of the arrays is a row, its
-- values by column; id and time are the store's own. Whoever appends holds the lock,
-- shared, until the transaction has ended: who gets it alone knows that no lower id is
-- still to come. It is taken before an id is.
CREATE OR REPLACE FUNCTION mcp_audit_append(events jsonb, payloads jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7165, 1);
    INSERT INTO mcp_audit_event (
           kind, request_id, user_id, login, credential, auth_method, address,
           user_agent, origin, session_id, client_name, client_version, revision,
           method, tool, resource, prompt, model, operation, record_ids, record_count,
           outcome, error_code, http_status, duration, request_bytes, response_bytes,
           trace_id, details, request_digest, response_digest)
    SELECT kind, request_id, user_id, login, credential, auth_method, address,
           user_agent, origin, session_id, client_name, client_version, revision,
           method, tool, resource, prompt, model, operation, record_ids, record_count,
           outcome, error_code, http_status, duration, request_bytes, response_bytes,
           trace_id, details, request_digest, response_digest
      FROM jsonb_populate_recordset(NULL::mcp_audit_event, events);
    IF payloads <> '[]' THEN
        INSERT INTO mcp_audit_payload (
               request_id, side, salt, body, size, truncated, full_digest)
        SELECT request_id, side, salt, body, size, truncated, full_digest
          FROM jsonb_populate_recordset(NULL::mcp_audit_payload, payloads)
            ON CONFLICT (request_id, side) DO NOTHING;
    END IF;
END
$$;

-- Rows are added, and never changed. Retention says that it is retention, in its own
-- transaction: no road through Odoo does.
CREATE OR REPLACE FUNCTION mcp_audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE'
       AND current_setting('mcp_audit.purpose', true) = TG_ARGV[0] THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER mcp_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mcp_audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_refuse('retention');
CREATE OR REPLACE TRIGGER mcp_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mcp_audit_payload
    FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_refuse('retention');

-- How far those have come that read the events in their order.
CREATE TABLE IF NOT EXISTS mcp_audit_checkpoint (
    name    varchar PRIMARY KEY,
    last_id bigint NOT NULL
);
