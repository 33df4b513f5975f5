-- Legal holds: what they are about, and that they stay as they were placed.
--
-- What deletes asks here, in the statement that deletes. Every statement can be run
-- again.

CREATE INDEX IF NOT EXISTS mcp_audit_hold_active
    ON mcp_audit_hold (id) WHERE state = 'active';

-- Whether an event is one of those that a hold is about: all, where it says nothing.
CREATE OR REPLACE FUNCTION mcp_audit_about(hold mcp_audit_hold, event mcp_audit_event)
RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT (hold.date_from IS NULL OR event.time >= hold.date_from)
       AND (hold.date_to IS NULL OR event.time < hold.date_to + 1)
       AND ((hold.conditions ? 'user_id') IS NOT TRUE
            OR hold.conditions -> 'user_id' @> to_jsonb(event.user_id))
       AND ((hold.conditions ? 'login') IS NOT TRUE
            OR hold.conditions -> 'login' ? event.login)
       AND ((hold.conditions ? 'model') IS NOT TRUE
            OR hold.conditions -> 'model' ? event.model)
       AND ((hold.conditions ? 'tool') IS NOT TRUE
            OR hold.conditions -> 'tool' ? event.tool)
       AND ((hold.conditions ? 'resource') IS NOT TRUE
            OR hold.conditions -> 'resource' ? event.resource)
       AND ((hold.conditions ? 'prompt') IS NOT TRUE
            OR hold.conditions -> 'prompt' ? event.prompt)
       AND ((hold.conditions ? 'kind') IS NOT TRUE
            OR hold.conditions -> 'kind' ? event.kind)
       AND ((hold.conditions ? 'address') IS NOT TRUE
            OR hold.conditions -> 'address' ? event.address)
       AND ((hold.conditions ? 'credential') IS NOT TRUE
            OR hold.conditions -> 'credential' ? event.credential)
       AND ((hold.conditions ? 'client_name') IS NOT TRUE
            OR hold.conditions -> 'client_name' ? event.client_name)
       AND ((hold.conditions ? 'request_id') IS NOT TRUE
            OR hold.conditions -> 'request_id' ? event.request_id)
       AND ((hold.conditions ? 'session_id') IS NOT TRUE
            OR hold.conditions -> 'session_id' @> to_jsonb(event.session_id))
$$;

-- The holds that are about a request.
CREATE OR REPLACE FUNCTION mcp_audit_held(request varchar) RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.mcp_audit_hold WHERE state = 'active') THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT array_agg(hold.id) FROM public.mcp_audit_hold AS hold
         WHERE hold.state = 'active' AND (
               EXISTS (SELECT FROM public.mcp_audit_event AS event
                        WHERE event.request_id = request
                          AND event.kind = 'request.begun'
                          AND public.mcp_audit_about(hold, event))
            OR EXISTS (SELECT FROM public.mcp_audit_event AS event
                        WHERE event.request_id = request
                          AND event.kind = 'request.finished'
                          AND public.mcp_audit_about(hold, event))));
END
$$;

-- Holds that are placed or released at this moment are waited for, and wait: until the
-- transaction ends, what is held stays the same.
CREATE OR REPLACE FUNCTION mcp_audit_steady() RETURNS void
LANGUAGE sql VOLATILE AS $$ SELECT pg_advisory_xact_lock(7165, 2) $$;

-- A hold that was placed is never changed and never deleted: it is released, once.
-- Where a user is deleted, this runs with the rights of the owner of the holds.
CREATE OR REPLACE FUNCTION mcp_audit_keep_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7165, 2);
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF OLD.state <> 'draft' AND (
        TG_OP = 'DELETE'
        OR (NEW.conditions, NEW.date_from, NEW.date_to)
           IS DISTINCT FROM (OLD.conditions, OLD.date_from, OLD.date_to)
        OR NEW.state <> OLD.state
           AND (OLD.state, NEW.state) <> ('active', 'released')
    ) THEN
        RAISE EXCEPTION 'A hold that was placed can only be released'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER mcp_audit_keep_hold
    BEFORE INSERT OR UPDATE OR DELETE ON mcp_audit_hold
    FOR EACH ROW EXECUTE FUNCTION mcp_audit_keep_hold();
CREATE OR REPLACE TRIGGER mcp_audit_keep_holds
    BEFORE TRUNCATE ON mcp_audit_hold
    FOR EACH STATEMENT EXECUTE FUNCTION mcp_audit_refuse();
