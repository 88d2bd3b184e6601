#!/bin/sh
# Makes each service's two roles and its database, and gives the roles their passwords. May run
# again at any time: what exists stays, a new password in the settings is taken over.
#
# The owner role is used by `migrate` alone; the service role gets its rights on tables from the
# migrations. Neither may pass row-level security, and no role enters another's database.
# Reads PGHOST, PGUSER, PGPASSWORD and, per service, CASES_DATABASE_PASSWORD and
# CASES_DATABASE_OWNER_PASSWORD. Passwords go through the environment, never through arguments.
set -eu

for service in "$@"; do
    prefix=$(printf '%s' "$service" | tr '[:lower:]' '[:upper:]')
    password=$(printenv "${prefix}_DATABASE_PASSWORD") ||
        { echo "${prefix}_DATABASE_PASSWORD is missing" >&2; exit 1; }
    owner_password=$(printenv "${prefix}_DATABASE_OWNER_PASSWORD") ||
        { echo "${prefix}_DATABASE_OWNER_PASSWORD is missing" >&2; exit 1; }
    SERVICE=$service PASSWORD=$password OWNER_PASSWORD=$owner_password \
        psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\getenv service SERVICE
\getenv password PASSWORD
\getenv owner_password OWNER_PASSWORD
\set owner :service '_owner'
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'owner', :'service']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"owner" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE :"service" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"service" TO :"service";
SQL
    echo "database $service is there"
done
