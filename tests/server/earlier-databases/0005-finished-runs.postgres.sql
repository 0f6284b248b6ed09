SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.checks_done (
    owner_hash text NOT NULL,
    lab text NOT NULL,
    check_name text NOT NULL,
    done_at text NOT NULL
);
CREATE TABLE public.finished_runs (
    owner_hash text NOT NULL,
    lab text NOT NULL,
    seconds integer NOT NULL
);
CREATE TABLE public.kept_homes (
    owner_hash text NOT NULL,
    lab text NOT NULL,
    archive bytea NOT NULL,
    archive_bytes integer NOT NULL,
    kept_at text NOT NULL
);
CREATE TABLE public.kept_values (
    name text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);
CREATE TABLE public.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.one_use_codes (
    code_hash text NOT NULL,
    kind text NOT NULL,
    only_of text,
    sealed_grant text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
INSERT INTO public.checks_done VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 'check_name 0 – é '' " \ 
 ', 'done_at 0 – é '' " \ 
 ');
INSERT INTO public.checks_done VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 'check_name 1 – é '' " \ 
 x', 'done_at 1 – é '' " \ 
 x');
INSERT INTO public.checks_done VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 'check_name 2 – é '' " \ 
 xx', 'done_at 2 – é '' " \ 
 xx');
INSERT INTO public.finished_runs VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 0);
INSERT INTO public.finished_runs VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 2147483647);
INSERT INTO public.finished_runs VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 2);
INSERT INTO public.kept_homes VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', '\x', 0, 'kept_at 0 – é '' " \ 
 ');
INSERT INTO public.kept_homes VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', '\x01', 2147483647, 'kept_at 1 – é '' " \ 
 x');
INSERT INTO public.kept_homes VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', '\x0209', 2, 'kept_at 2 – é '' " \ 
 xx');
INSERT INTO public.kept_values VALUES ('name 0 – é '' " \ 
 ', 'value 0 – é '' " \ 
 ');
INSERT INTO public.kept_values VALUES ('name 1 – é '' " \ 
 x', 'value 1 – é '' " \ 
 x');
INSERT INTO public.kept_values VALUES ('name 2 – é '' " \ 
 xx', 'value 2 – é '' " \ 
 xx');
INSERT INTO public.kysely_migration VALUES ('0001-checks-done', '2026-11-24T03:27:43.744Z');
INSERT INTO public.kysely_migration VALUES ('0002-kept-values', '2026-11-24T03:27:43.837Z');
INSERT INTO public.kysely_migration VALUES ('0003-one-use-codes', '2026-11-24T03:27:43.851Z');
INSERT INTO public.kysely_migration VALUES ('0004-kept-homes', '2026-11-24T03:27:43.853Z');
INSERT INTO public.kysely_migration VALUES ('0005-finished-runs', '2026-11-24T03:27:43.861Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.one_use_codes VALUES ('code_hash 0 – é '' " \ 
 ', 'kind 0 – é '' " \ 
 ', 'only_of 0 – é '' " \ 
 ', 'sealed_grant 0 – é '' " \ 
 ', '2026-01-01 00:00:00+00');
INSERT INTO public.one_use_codes VALUES ('code_hash 1 – é '' " \ 
 x', 'kind 1 – é '' " \ 
 x', 'only_of 1 – é '' " \ 
 x', 'sealed_grant 1 – é '' " \ 
 x', '2026-01-01 00:00:01.001+00');
INSERT INTO public.one_use_codes VALUES ('code_hash 2 – é '' " \ 
 xx', 'kind 2 – é '' " \ 
 xx', 'only_of 2 – é '' " \ 
 xx', 'sealed_grant 2 – é '' " \ 
 xx', '2026-01-01 00:00:02.002+00');
ALTER TABLE ONLY public.checks_done
    ADD CONSTRAINT checks_done_once PRIMARY KEY (owner_hash, lab, check_name);
ALTER TABLE ONLY public.finished_runs
    ADD CONSTRAINT finished_runs_first PRIMARY KEY (owner_hash, lab);
ALTER TABLE ONLY public.kept_homes
    ADD CONSTRAINT kept_homes_one_each PRIMARY KEY (owner_hash, lab);
ALTER TABLE ONLY public.kept_values
    ADD CONSTRAINT kept_values_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.one_use_codes
    ADD CONSTRAINT one_use_codes_only_one UNIQUE (kind, only_of);
ALTER TABLE ONLY public.one_use_codes
    ADD CONSTRAINT one_use_codes_pkey PRIMARY KEY (code_hash);
CREATE INDEX one_use_codes_by_expiry ON public.one_use_codes USING btree (expires_at);
