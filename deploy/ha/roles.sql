-- Once, on the primary, as postgres: the shop's database, its two users, and the one by whom PgBouncer looks up who
-- may log in. Run it again after a change of a password.
--   psql "host=... user=postgres dbname=postgres" -v ON_ERROR_STOP=1 -f roles.sql
\set QUIET on
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['finetune_owner', 'finetune_app', 'pgbouncer']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE finetune_owner PASSWORD '${OWNER_PASSWORD}';
ALTER ROLE finetune_app PASSWORD '${APP_PASSWORD}';
ALTER ROLE pgbouncer PASSWORD '${POOLER_PASSWORD}';
SELECT 'CREATE DATABASE finetune OWNER finetune_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'finetune') \gexec
REVOKE ALL ON DATABASE finetune FROM PUBLIC;
GRANT CONNECT ON DATABASE finetune TO finetune_app, pgbouncer;

-- PgBouncer does not pass on what a client asks for when it connects, so the limits of a request belong to its user.
ALTER ROLE finetune_app SET lock_timeout = '5s';
ALTER ROLE finetune_app SET statement_timeout = '30s';
ALTER ROLE finetune_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE finetune_app SET plan_cache_mode = 'force_generic_plan';

\connect finetune
\set QUIET on
SET client_min_messages = warning;
ALTER SCHEMA public OWNER TO finetune_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO finetune_app;
ALTER DEFAULT PRIVILEGES FOR ROLE finetune_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO finetune_app;
ALTER DEFAULT PRIVILEGES FOR ROLE finetune_owner GRANT USAGE, SELECT ON SEQUENCES TO finetune_app;
ALTER DEFAULT PRIVILEGES FOR ROLE finetune_owner GRANT EXECUTE ON FUNCTIONS TO finetune_app;

-- Only what a pooler must know, of nobody but the application's user.
CREATE SCHEMA IF NOT EXISTS pooler;
REVOKE ALL ON SCHEMA pooler FROM PUBLIC;
GRANT USAGE ON SCHEMA pooler TO pgbouncer;
CREATE OR REPLACE FUNCTION pooler.login(wanted text, OUT name text, OUT secret text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$$$ SELECT usename::text, passwd FROM pg_shadow WHERE usename = wanted AND usename = 'finetune_app' $$$$;
REVOKE ALL ON FUNCTION pooler.login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pooler.login(text) TO pgbouncer;
