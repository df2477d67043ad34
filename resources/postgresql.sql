-- Prepares a PostgreSQL server, version 13 or newer, for one study of MIO Fidelity.
-- Whoever looks after the server runs it once, as a superuser, with a short name for the study:
--
--     psql -v study=fidelity -f postgresql.sql postgres
--
-- Each person then gets a name of her own; \password asks for the first password:
--
--     CREATE ROLE s1 LOGIN IN ROLE fidelity_supervisors;
--     CREATE ROLE r1 LOGIN IN ROLE fidelity_coders;
--     \password s1
--
-- In postgresql.conf: ssl = on, with ssl_cert_file and ssl_key_file, and password_encryption = scram-sha-256.
-- In pg_hba.conf, with the lab's own addresses, and no line that lets somebody in without TLS:
--
--     hostssl  fidelity  all  192.0.2.0/24  scram-sha-256

\set ON_ERROR_STOP on
\set supervisors :study _supervisors
\set coders :study _coders

CREATE ROLE :"supervisors" NOLOGIN;
CREATE ROLE :"coders" NOLOGIN;
CREATE DATABASE :"study" OWNER :"supervisors" TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE :"study" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"study" TO :"coders";

\connect :"study"

-- The program makes its tables as the owner of the database, whichever supervisor starts it.
ALTER SCHEMA public OWNER TO :"supervisors";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"coders";
ALTER DEFAULT PRIVILEGES FOR ROLE :"supervisors"
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"coders";
ALTER DEFAULT PRIVILEGES FOR ROLE :"supervisors" GRANT USAGE ON SEQUENCES TO :"coders";
