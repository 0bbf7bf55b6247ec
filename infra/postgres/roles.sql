-- The roles of one cluster and its database `domicile`, each with the least it needs. Run once, by the superuser, on the primary:
--
--   DOMICILE_APP_ROLE=domicile_app DOMICILE_OWNER_PASSWORD=… DOMICILE_APP_PASSWORD=… DOMICILE_OBSERVER_PASSWORD=… \
--   DOMICILE_REPLICATION_PASSWORD=… psql --set ON_ERROR_STOP=1 --file roles.sql postgres
--
-- DOMICILE_APP_ROLE is domicile_app on a shard, domicile_keys on a key store, domicile_control on the directory's database.
-- Passwords come from the environment, so no process list shows them. What a role may do with a table, the migrations say.

\getenv app_role DOMICILE_APP_ROLE
\getenv owner_password DOMICILE_OWNER_PASSWORD
\getenv app_password DOMICILE_APP_PASSWORD
\getenv observer_password DOMICILE_OBSERVER_PASSWORD
\getenv replication_password DOMICILE_REPLICATION_PASSWORD

-- Owns the schema and runs `domicile migrate`; never used by a node.
CREATE ROLE domicile_owner LOGIN PASSWORD :'owner_password';

-- What a node (or control) signs in as. Owns nothing, bypasses nothing, waits for nothing for long.
CREATE ROLE :"app_role" LOGIN PASSWORD :'app_password';
ALTER ROLE :"app_role" SET statement_timeout = '15s';
ALTER ROLE :"app_role" SET lock_timeout = '5s';
ALTER ROLE :"app_role" SET idle_in_transaction_session_timeout = '30s';

-- `domicile doctor`: replication state and the identity tables, no row of any tenant.
CREATE ROLE domicile_observer LOGIN PASSWORD :'observer_password' CONNECTION LIMIT 4;
GRANT pg_monitor TO domicile_observer;
ALTER ROLE domicile_observer SET statement_timeout = '5s';

-- The other site's standby.
CREATE ROLE domicile_replication LOGIN REPLICATION PASSWORD :'replication_password' CONNECTION LIMIT 4;

CREATE DATABASE domicile OWNER domicile_owner;
REVOKE ALL ON DATABASE domicile FROM PUBLIC;
GRANT CONNECT ON DATABASE domicile TO :"app_role", domicile_observer;

\connect domicile
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app_role", domicile_observer;
