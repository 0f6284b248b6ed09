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
CREATE TABLE public.given_answers (
    owner_hash text NOT NULL,
    lab text NOT NULL,
    question text NOT NULL,
    answers text NOT NULL,
    at text NOT NULL
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
CREATE TABLE public.lab_places (
    owner_hash text NOT NULL,
    lab text NOT NULL,
    step integer NOT NULL,
    at text NOT NULL
);
CREATE TABLE public.one_use_codes (
    code_hash text NOT NULL,
    kind text NOT NULL,
    only_of text,
    sealed_grant text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.showing_keys (
    key_hash text NOT NULL,
    code text NOT NULL,
    role text NOT NULL
);
CREATE TABLE public.showing_questions (
    code text NOT NULL,
    id text NOT NULL,
    words text NOT NULL,
    state text NOT NULL,
    votes integer NOT NULL,
    author text,
    asked_at text NOT NULL
);
CREATE TABLE public.showing_votes (
    code text NOT NULL,
    subject text NOT NULL,
    voter text NOT NULL,
    answers text NOT NULL
);
CREATE TABLE public.showings (
    code text NOT NULL,
    deck text NOT NULL,
    "position" text,
    sequence integer NOT NULL,
    settings text NOT NULL,
    captions text NOT NULL,
    started_at text NOT NULL,
    changed_at text NOT NULL,
    ended_at text
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
INSERT INTO public.given_answers VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 'question 0 – é '' " \ 
 ', 'answers 0 – é '' " \ 
 ', 'at 0 – é '' " \ 
 ');
INSERT INTO public.given_answers VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 'question 1 – é '' " \ 
 x', 'answers 1 – é '' " \ 
 x', 'at 1 – é '' " \ 
 x');
INSERT INTO public.given_answers VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 'question 2 – é '' " \ 
 xx', 'answers 2 – é '' " \ 
 xx', 'at 2 – é '' " \ 
 xx');
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
INSERT INTO public.kysely_migration VALUES ('0001-checks-done', '2026-11-24T04:28:49.884Z');
INSERT INTO public.kysely_migration VALUES ('0002-kept-values', '2026-11-24T04:28:49.885Z');
INSERT INTO public.kysely_migration VALUES ('0003-one-use-codes', '2026-11-24T04:28:49.891Z');
INSERT INTO public.kysely_migration VALUES ('0004-kept-homes', '2026-11-24T04:28:49.896Z');
INSERT INTO public.kysely_migration VALUES ('0005-finished-runs', '2026-11-24T04:28:49.897Z');
INSERT INTO public.kysely_migration VALUES ('0006-showings', '2026-11-24T04:28:49.903Z');
INSERT INTO public.kysely_migration VALUES ('0007-where-i-was', '2026-11-24T04:28:49.907Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.lab_places VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 0, 'at 0 – é '' " \ 
 ');
INSERT INTO public.lab_places VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 2147483647, 'at 1 – é '' " \ 
 x');
INSERT INTO public.lab_places VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 2, 'at 2 – é '' " \ 
 xx');
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
INSERT INTO public.showing_keys VALUES ('key_hash 0 – é '' " \ 
 ', 'code 0 – é '' " \ 
 ', 'role 0 – é '' " \ 
 ');
INSERT INTO public.showing_keys VALUES ('key_hash 1 – é '' " \ 
 x', 'code 1 – é '' " \ 
 x', 'role 1 – é '' " \ 
 x');
INSERT INTO public.showing_keys VALUES ('key_hash 2 – é '' " \ 
 xx', 'code 2 – é '' " \ 
 xx', 'role 2 – é '' " \ 
 xx');
INSERT INTO public.showing_questions VALUES ('code 0 – é '' " \ 
 ', 'id 0 – é '' " \ 
 ', 'words 0 – é '' " \ 
 ', 'state 0 – é '' " \ 
 ', 0, 'author 0 – é '' " \ 
 ', 'asked_at 0 – é '' " \ 
 ');
INSERT INTO public.showing_questions VALUES ('code 1 – é '' " \ 
 x', 'id 1 – é '' " \ 
 x', 'words 1 – é '' " \ 
 x', 'state 1 – é '' " \ 
 x', 2147483647, 'author 1 – é '' " \ 
 x', 'asked_at 1 – é '' " \ 
 x');
INSERT INTO public.showing_questions VALUES ('code 2 – é '' " \ 
 xx', 'id 2 – é '' " \ 
 xx', 'words 2 – é '' " \ 
 xx', 'state 2 – é '' " \ 
 xx', 2, 'author 2 – é '' " \ 
 xx', 'asked_at 2 – é '' " \ 
 xx');
INSERT INTO public.showing_votes VALUES ('code 0 – é '' " \ 
 ', 'subject 0 – é '' " \ 
 ', 'voter 0 – é '' " \ 
 ', 'answers 0 – é '' " \ 
 ');
INSERT INTO public.showing_votes VALUES ('code 1 – é '' " \ 
 x', 'subject 1 – é '' " \ 
 x', 'voter 1 – é '' " \ 
 x', 'answers 1 – é '' " \ 
 x');
INSERT INTO public.showing_votes VALUES ('code 2 – é '' " \ 
 xx', 'subject 2 – é '' " \ 
 xx', 'voter 2 – é '' " \ 
 xx', 'answers 2 – é '' " \ 
 xx');
INSERT INTO public.showings VALUES ('code 0 – é '' " \ 
 ', 'deck 0 – é '' " \ 
 ', 'position 0 – é '' " \ 
 ', 0, 'settings 0 – é '' " \ 
 ', 'captions 0 – é '' " \ 
 ', 'started_at 0 – é '' " \ 
 ', 'changed_at 0 – é '' " \ 
 ', 'ended_at 0 – é '' " \ 
 ');
INSERT INTO public.showings VALUES ('code 1 – é '' " \ 
 x', 'deck 1 – é '' " \ 
 x', 'position 1 – é '' " \ 
 x', 2147483647, 'settings 1 – é '' " \ 
 x', 'captions 1 – é '' " \ 
 x', 'started_at 1 – é '' " \ 
 x', 'changed_at 1 – é '' " \ 
 x', 'ended_at 1 – é '' " \ 
 x');
INSERT INTO public.showings VALUES ('code 2 – é '' " \ 
 xx', 'deck 2 – é '' " \ 
 xx', 'position 2 – é '' " \ 
 xx', 2, 'settings 2 – é '' " \ 
 xx', 'captions 2 – é '' " \ 
 xx', 'started_at 2 – é '' " \ 
 xx', 'changed_at 2 – é '' " \ 
 xx', 'ended_at 2 – é '' " \ 
 xx');
ALTER TABLE ONLY public.checks_done
    ADD CONSTRAINT checks_done_once PRIMARY KEY (owner_hash, lab, check_name);
ALTER TABLE ONLY public.finished_runs
    ADD CONSTRAINT finished_runs_first PRIMARY KEY (owner_hash, lab);
ALTER TABLE ONLY public.given_answers
    ADD CONSTRAINT given_answers_one_each PRIMARY KEY (owner_hash, lab, question);
ALTER TABLE ONLY public.kept_homes
    ADD CONSTRAINT kept_homes_one_each PRIMARY KEY (owner_hash, lab);
ALTER TABLE ONLY public.kept_values
    ADD CONSTRAINT kept_values_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.lab_places
    ADD CONSTRAINT lab_places_one_each PRIMARY KEY (owner_hash, lab);
ALTER TABLE ONLY public.one_use_codes
    ADD CONSTRAINT one_use_codes_only_one UNIQUE (kind, only_of);
ALTER TABLE ONLY public.one_use_codes
    ADD CONSTRAINT one_use_codes_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.showing_keys
    ADD CONSTRAINT showing_keys_pkey PRIMARY KEY (key_hash);
ALTER TABLE ONLY public.showing_questions
    ADD CONSTRAINT showing_questions_one_each PRIMARY KEY (code, id);
ALTER TABLE ONLY public.showing_votes
    ADD CONSTRAINT showing_votes_once PRIMARY KEY (code, subject, voter);
ALTER TABLE ONLY public.showings
    ADD CONSTRAINT showings_pkey PRIMARY KEY (code);
CREATE INDEX one_use_codes_by_expiry ON public.one_use_codes USING btree (expires_at);
