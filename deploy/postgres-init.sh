#!/bin/sh
# Run once by the postgres image, as its superuser: the owner of Parley's database, which is deliberately no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --set "password=$PARLEY_OWNER_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE parley_owner LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE parley OWNER parley_owner;
SQL
