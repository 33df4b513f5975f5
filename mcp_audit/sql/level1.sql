-- Back to level 1: gives the tables of the trail to Odoo's role, which needs that to
-- update or uninstall the addon.
--
--   psql -d DATABASE -v odoo=ODOO_ROLE -f level1.sql
--
-- By a superuser, with Odoo stopped.

\set ON_ERROR_STOP on
BEGIN;
-- Nothing that is not PostgreSQL's own is run by the superuser.
SET LOCAL search_path = pg_catalog, pg_temp;

SELECT format('ALTER TABLE %s OWNER TO %I', oid::regclass, :'odoo'),
       format('GRANT ALL ON %s TO %I', oid::regclass, :'odoo')
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
   AND relname IN ('mcp_audit_event', 'mcp_audit_payload', 'mcp_audit_seal',
                   'mcp_audit_leaf', 'mcp_audit_floor', 'mcp_audit_hold',
                   'mcp_audit_rollup_state')
\gexec

SELECT format('ALTER FUNCTION %s OWNER TO %I', oid::regprocedure, :'odoo'),
       format('GRANT ALL ON FUNCTION %s TO %I', oid::regprocedure, :'odoo')
  FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'mcp\_audit\_%'
\gexec

ALTER SCHEMA public OWNER TO :"odoo";

INSERT INTO public.mcp_audit_event (kind, login, details)
VALUES ('protection.changed', session_user, jsonb_build_object('level', 1));

COMMIT;
