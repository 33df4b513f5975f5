-- Level 2: gives the tables of the trail to a role that Odoo has not, so that nobody can
-- change events with Odoo's own access to the database, nor take the triggers away.
--
--   psql -d DATABASE -v odoo=ODOO_ROLE -v keeper=mcp_audit_keeper -f level2.sql
--
-- By a superuser, with Odoo stopped, from the version of the addon that is installed.
-- It can be run again. To update the addon go back by level1.sql first.

\set ON_ERROR_STOP on
\set tables 'mcp_audit_event mcp_audit_payload mcp_audit_seal mcp_audit_leaf mcp_audit_floor mcp_audit_hold mcp_audit_rollup_state'
BEGIN;
SET LOCAL client_min_messages = warning;
-- Nothing that is not PostgreSQL's own is run by the superuser.
SET LOCAL search_path = pg_catalog, pg_temp;
SELECT set_config('mcp_audit.odoo', :'odoo', true),
       set_config('mcp_audit.tables', :'tables', true) \g /dev/null

SELECT format('CREATE ROLE %I NOLOGIN', :'keeper')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'keeper')
\gexec

DO $$
DECLARE
    odoo   CONSTANT text := current_setting('mcp_audit.odoo');
    -- with the two that stay Odoo's, and that are written to below
    ours   CONSTANT text[] := string_to_array(current_setting('mcp_audit.tables'), ' ')
                              || '{mcp_audit_checkpoint,mcp_audit_rollup}';
    name   text;
    others text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = odoo) THEN
        RAISE EXCEPTION 'There is no role %', odoo;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = odoo
                  AND (rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication))
       OR pg_has_role(odoo, 'pg_execute_server_program', 'MEMBER')
       OR pg_has_role(odoo, 'pg_write_server_files', 'MEMBER') THEN
        RAISE EXCEPTION 'The role % can give itself any right: take SUPERUSER, '
            'CREATEROLE, BYPASSRLS, REPLICATION and the roles pg_execute_server_program '
            'and pg_write_server_files from it first', odoo;
    END IF;

    FOREACH name IN ARRAY ours LOOP
        EXECUTE format('LOCK TABLE ONLY public.%I', name);
    END LOOP;
    SELECT string_agg(pg_describe_object(classid, objid, 0), '; ')
      INTO others
      FROM (
        WITH tables AS MATERIALIZED (
            SELECT oid FROM pg_class
             WHERE relnamespace = 'public'::regnamespace
               AND relname = ANY (ours)
        )
        SELECT 'pg_class'::regclass AS classid, oid AS objid
          FROM pg_class WHERE oid IN (SELECT oid FROM tables) AND relkind <> 'r'
        UNION ALL
        SELECT 'pg_class'::regclass, inhrelid
          FROM pg_inherits WHERE inhparent IN (SELECT oid FROM tables)
        UNION ALL
        SELECT 'pg_rewrite'::regclass, oid
          FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM tables)
        UNION ALL
        SELECT 'pg_policy'::regclass, oid
          FROM pg_policy WHERE polrelid IN (SELECT oid FROM tables)
        UNION ALL
        SELECT 'pg_trigger'::regclass, oid
          FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM tables) AND NOT tgisinternal
           AND (tgqual IS NOT NULL OR tgfoid NOT IN (
                SELECT oid FROM pg_proc
                 WHERE pronamespace = 'public'::regnamespace
                   AND proname IN ('mcp_audit_refuse', 'mcp_audit_keep_hold',
                                   'mcp_audit_rollup_purged')))
        UNION ALL
        -- defaults, conditions and indexes that call a function
        SELECT classid, objid
          FROM pg_depend
         WHERE refclassid = 'pg_proc'::regclass AND (
               classid = 'pg_attrdef'::regclass AND objid IN (
                    SELECT oid FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM tables))
            OR classid = 'pg_constraint'::regclass AND objid IN (
                    SELECT oid FROM pg_constraint
                     WHERE conrelid IN (SELECT oid FROM tables))
            OR classid = 'pg_class'::regclass AND objid IN (
                    SELECT indexrelid FROM pg_index
                     WHERE indrelid IN (SELECT oid FROM tables)))
      ) AS found;
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'This is not of the addon, and could change the trail: %', others
            USING HINT = 'Find out who made it, and drop it.';
    END IF;
END
$$;

-- What the functions do is what the addon says, whatever they did until now.
SET LOCAL search_path = public, pg_temp;
\ir store.sql
\ir seals.sql
\ir holds.sql
\ir retention.sql
\ir rollups.sql
SET LOCAL search_path = pg_catalog, pg_temp;

DO $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(oid::regprocedure::text, '; ')
      INTO others
      FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'mcp\_audit\_%'
       AND xmin <> pg_current_xact_id()::xid;
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'These functions are not of the addon: %', others
            USING HINT = 'Find out who made them, and drop them.';
    END IF;
END
$$;

SELECT format('ALTER TABLE public.%I OWNER TO %I', name, :'keeper'),
       format('REVOKE ALL ON public.%I FROM PUBLIC, %I', name, :'odoo'),
       format('GRANT %s ON public.%I TO %I',
              CASE name
                  WHEN 'mcp_audit_floor' THEN 'SELECT'
                  WHEN 'mcp_audit_hold' THEN 'SELECT, INSERT, UPDATE, DELETE'
                  WHEN 'mcp_audit_rollup_state' THEN 'SELECT, UPDATE'
                  ELSE 'SELECT, INSERT'
              END, name, :'odoo')
  FROM unnest(string_to_array(:'tables', ' ')) AS name
\gexec
GRANT USAGE ON SEQUENCE public.mcp_audit_hold_id_seq TO :"odoo";

-- What triggers run, and what deletes with the rights of its owner.
SELECT format('ALTER FUNCTION %s OWNER TO %I', oid::regprocedure, :'keeper'),
       format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, %I', oid::regprocedure, :'odoo'),
       CASE WHEN prorettype <> 'trigger'::regtype THEN
           format('GRANT EXECUTE ON FUNCTION %s TO %I', oid::regprocedure, :'odoo') END
  FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'mcp\_audit\_%'
\gexec

-- Who owns the schema may drop whatever is in it.
ALTER SCHEMA public OWNER TO :"keeper";
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"odoo";

INSERT INTO public.mcp_audit_event (kind, login, details)
VALUES ('protection.changed', session_user, jsonb_build_object('level', 2));

COMMIT;
