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
-- recovery that found it dead. The second one waits for the first and then fails.
CREATE UNIQUE INDEX IF NOT EXISTS mcp_audit_event_begun
    ON mcp_audit_event (request_id) WHERE kind = 'request.begun';
CREATE UNIQUE INDEX IF NOT EXISTS mcp_audit_event_finished
    ON mcp_audit_event (request_id) WHERE kind = 'request.finished';
CREATE INDEX IF NOT EXISTS mcp_audit_event_request
    ON mcp_audit_event (request_id, id)
    WHERE kind NOT IN ('request.begun', 'request.finished');

-- What auditors look for, newest first.
CREATE INDEX IF NOT EXISTS mcp_audit_event_time ON mcp_audit_event (time);
CREATE INDEX IF NOT EXISTS mcp_audit_event_user ON mcp_audit_event (user_id, id);
CREATE INDEX IF NOT EXISTS mcp_audit_event_tool ON mcp_audit_event (tool, id);
CREATE INDEX IF NOT EXISTS mcp_audit_event_outcome ON mcp_audit_event (outcome, id);
CREATE INDEX IF NOT EXISTS mcp_audit_event_kind ON mcp_audit_event (kind, id);

-- Rows are added, and never changed. Retention says that it is retention, in its own
-- transaction: no road through Odoo does.
CREATE OR REPLACE FUNCTION mcp_audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
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
