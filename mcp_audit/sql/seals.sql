-- Seals: signed statements on ranges of events. Every statement can be run again, after
-- those of store.sql.

CREATE TABLE IF NOT EXISTS mcp_audit_seal (
    id        bigint PRIMARY KEY,  -- its number
    time      timestamp NOT NULL,
    first_id  bigint NOT NULL,
    last_id   bigint NOT NULL,
    count     integer NOT NULL,
    groups    jsonb NOT NULL,
    previous  varchar NOT NULL,
    key_id    varchar NOT NULL,
    signature varchar NOT NULL
);
-- Not unique: a forged seal must not keep the one that ends there from being made.
DROP INDEX IF EXISTS mcp_audit_seal_last;
CREATE INDEX IF NOT EXISTS mcp_audit_seal_end ON mcp_audit_seal (last_id, id);
CREATE INDEX IF NOT EXISTS mcp_audit_seal_time ON mcp_audit_seal (time);

-- What an event was that retention took while others of its group in the same seal had
-- to stay: without its leaf nobody could come to the root any more.
CREATE TABLE IF NOT EXISTS mcp_audit_leaf (
    event_id bigint PRIMARY KEY,
    subject  varchar NOT NULL,
    leaf     bytea NOT NULL
);

-- Not even retention deletes these.
CREATE OR REPLACE TRIGGER mcp_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mcp_audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_refuse();
CREATE OR REPLACE TRIGGER mcp_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mcp_audit_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_refuse();
