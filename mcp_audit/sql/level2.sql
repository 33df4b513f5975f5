-- Level 2: gives the tables of the trail to a role that Odoo has not, so that nobody can
-- change events with Odoo's own access to the database, nor take the triggers away.
--
--   psql -d DATABASE -v odoo=ODOO_ROLE -v keeper=mcp_audit_keeper -f level2.sql
--
-- By a superuser, with Odoo stopped. Odoo's role must not be a superuser, and not a
-- member of the other one. To update the addon go back by level1.sql first.

\set ON_ERROR_STOP on
BEGIN;

SELECT format('CREATE ROLE %I NOLOGIN', :'keeper')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'keeper')
\gexec

SELECT format('ALTER TABLE %s OWNER TO %I', oid::regclass, :'keeper'),
       format('REVOKE ALL ON %s FROM PUBLIC, %I', oid::regclass, :'odoo'),
       format('GRANT SELECT %s ON %s TO %I',
              CASE WHEN relname <> 'mcp_audit_floor' THEN ', INSERT' END,
              oid::regclass, :'odoo')
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
   AND relname IN ('mcp_audit_event', 'mcp_audit_payload', 'mcp_audit_seal',
                   'mcp_audit_leaf', 'mcp_audit_floor')
\gexec

-- What triggers run, and what deletes with the rights of its owner.
SELECT format('ALTER FUNCTION %s OWNER TO %I', oid::regprocedure, :'keeper')
  FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'mcp\_audit\_%'
\gexec

GRANT EXECUTE ON FUNCTION
    mcp_audit_purge(bigint, bigint, jsonb),
    mcp_audit_purge_payloads(bigint, bigint, timestamp),
    mcp_audit_erase(varchar[])
    TO :"odoo";

-- Who owns the schema may drop whatever is in it.
ALTER SCHEMA public OWNER TO :"keeper";
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"odoo";

-- What deletes asks which holds there are, and notes what is in the figures.
GRANT SELECT ON mcp_audit_hold TO :"keeper";
GRANT SELECT, UPDATE ON mcp_audit_rollup_state TO :"keeper";

INSERT INTO mcp_audit_event (kind, login, details)
VALUES ('protection.changed', session_user, jsonb_build_object('level', 2));

COMMIT;
