CREATE TABLE "checks_done" ("owner_hash" text not null, "lab" text not null, "check_name" text not null, "done_at" text not null, constraint "checks_done_once" primary key ("owner_hash", "lab", "check_name"));
INSERT INTO "checks_done" VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 'check_name 0 – é '' " \ 
 ', 'done_at 0 – é '' " \ 
 ');
INSERT INTO "checks_done" VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 'check_name 1 – é '' " \ 
 x', 'done_at 1 – é '' " \ 
 x');
INSERT INTO "checks_done" VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 'check_name 2 – é '' " \ 
 xx', 'done_at 2 – é '' " \ 
 xx');
CREATE TABLE "finished_runs" ("owner_hash" text not null, "lab" text not null, "seconds" integer not null, constraint "finished_runs_first" primary key ("owner_hash", "lab"));
INSERT INTO "finished_runs" VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 0);
INSERT INTO "finished_runs" VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 2147483647);
INSERT INTO "finished_runs" VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 2);
CREATE TABLE "given_answers" ("owner_hash" text not null, "lab" text not null, "question" text not null, "answers" text not null, "at" text not null, constraint "given_answers_one_each" primary key ("owner_hash", "lab", "question"));
INSERT INTO "given_answers" VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 'question 0 – é '' " \ 
 ', 'answers 0 – é '' " \ 
 ', 'at 0 – é '' " \ 
 ');
INSERT INTO "given_answers" VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 'question 1 – é '' " \ 
 x', 'answers 1 – é '' " \ 
 x', 'at 1 – é '' " \ 
 x');
INSERT INTO "given_answers" VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 'question 2 – é '' " \ 
 xx', 'answers 2 – é '' " \ 
 xx', 'at 2 – é '' " \ 
 xx');
CREATE TABLE "kept_homes" ("owner_hash" text not null, "lab" text not null, "archive" blob not null, "archive_bytes" integer not null, "kept_at" text not null, constraint "kept_homes_one_each" primary key ("owner_hash", "lab"));
INSERT INTO "kept_homes" VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', X'', 0, 'kept_at 0 – é '' " \ 
 ');
INSERT INTO "kept_homes" VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', X'01', 2147483647, 'kept_at 1 – é '' " \ 
 x');
INSERT INTO "kept_homes" VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', X'0209', 2, 'kept_at 2 – é '' " \ 
 xx');
CREATE TABLE "kept_values" ("name" text primary key, "value" text not null);
INSERT INTO "kept_values" VALUES ('name 0 – é '' " \ 
 ', 'value 0 – é '' " \ 
 ');
INSERT INTO "kept_values" VALUES ('name 1 – é '' " \ 
 x', 'value 1 – é '' " \ 
 x');
INSERT INTO "kept_values" VALUES ('name 2 – é '' " \ 
 xx', 'value 2 – é '' " \ 
 xx');
CREATE TABLE "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
INSERT INTO "kysely_migration" VALUES ('0001-checks-done', '2026-11-24T04:28:48.396Z');
INSERT INTO "kysely_migration" VALUES ('0002-kept-values', '2026-11-24T04:28:48.399Z');
INSERT INTO "kysely_migration" VALUES ('0004-kept-homes', '2026-11-24T04:28:48.400Z');
INSERT INTO "kysely_migration" VALUES ('0005-finished-runs', '2026-11-24T04:28:48.403Z');
INSERT INTO "kysely_migration" VALUES ('0006-showings', '2026-11-24T04:28:48.406Z');
INSERT INTO "kysely_migration" VALUES ('0007-where-i-was', '2026-11-24T04:28:48.408Z');
CREATE TABLE "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
INSERT INTO "kysely_migration_lock" VALUES ('migration_lock', 0);
CREATE TABLE "lab_places" ("owner_hash" text not null, "lab" text not null, "step" integer not null, "at" text not null, constraint "lab_places_one_each" primary key ("owner_hash", "lab"));
INSERT INTO "lab_places" VALUES ('owner_hash 0 – é '' " \ 
 ', 'lab 0 – é '' " \ 
 ', 0, 'at 0 – é '' " \ 
 ');
INSERT INTO "lab_places" VALUES ('owner_hash 1 – é '' " \ 
 x', 'lab 1 – é '' " \ 
 x', 2147483647, 'at 1 – é '' " \ 
 x');
INSERT INTO "lab_places" VALUES ('owner_hash 2 – é '' " \ 
 xx', 'lab 2 – é '' " \ 
 xx', 2, 'at 2 – é '' " \ 
 xx');
CREATE TABLE "showing_keys" ("key_hash" text primary key, "code" text not null, "role" text not null);
INSERT INTO "showing_keys" VALUES ('key_hash 0 – é '' " \ 
 ', 'code 0 – é '' " \ 
 ', 'role 0 – é '' " \ 
 ');
INSERT INTO "showing_keys" VALUES ('key_hash 1 – é '' " \ 
 x', 'code 1 – é '' " \ 
 x', 'role 1 – é '' " \ 
 x');
INSERT INTO "showing_keys" VALUES ('key_hash 2 – é '' " \ 
 xx', 'code 2 – é '' " \ 
 xx', 'role 2 – é '' " \ 
 xx');
CREATE TABLE "showing_questions" ("code" text not null, "id" text not null, "words" text not null, "state" text not null, "votes" integer not null, "author" text, "asked_at" text not null, constraint "showing_questions_one_each" primary key ("code", "id"));
INSERT INTO "showing_questions" VALUES ('code 0 – é '' " \ 
 ', 'id 0 – é '' " \ 
 ', 'words 0 – é '' " \ 
 ', 'state 0 – é '' " \ 
 ', 0, 'author 0 – é '' " \ 
 ', 'asked_at 0 – é '' " \ 
 ');
INSERT INTO "showing_questions" VALUES ('code 1 – é '' " \ 
 x', 'id 1 – é '' " \ 
 x', 'words 1 – é '' " \ 
 x', 'state 1 – é '' " \ 
 x', 2147483647, 'author 1 – é '' " \ 
 x', 'asked_at 1 – é '' " \ 
 x');
INSERT INTO "showing_questions" VALUES ('code 2 – é '' " \ 
 xx', 'id 2 – é '' " \ 
 xx', 'words 2 – é '' " \ 
 xx', 'state 2 – é '' " \ 
 xx', 2, 'author 2 – é '' " \ 
 xx', 'asked_at 2 – é '' " \ 
 xx');
CREATE TABLE "showing_votes" ("code" text not null, "subject" text not null, "voter" text not null, "answers" text not null, constraint "showing_votes_once" primary key ("code", "subject", "voter"));
INSERT INTO "showing_votes" VALUES ('code 0 – é '' " \ 
 ', 'subject 0 – é '' " \ 
 ', 'voter 0 – é '' " \ 
 ', 'answers 0 – é '' " \ 
 ');
INSERT INTO "showing_votes" VALUES ('code 1 – é '' " \ 
 x', 'subject 1 – é '' " \ 
 x', 'voter 1 – é '' " \ 
 x', 'answers 1 – é '' " \ 
 x');
INSERT INTO "showing_votes" VALUES ('code 2 – é '' " \ 
 xx', 'subject 2 – é '' " \ 
 xx', 'voter 2 – é '' " \ 
 xx', 'answers 2 – é '' " \ 
 xx');
CREATE TABLE "showings" ("code" text primary key, "deck" text not null, "position" text, "sequence" integer not null, "settings" text not null, "captions" text not null, "started_at" text not null, "changed_at" text not null, "ended_at" text);
INSERT INTO "showings" VALUES ('code 0 – é '' " \ 
 ', 'deck 0 – é '' " \ 
 ', 'position 0 – é '' " \ 
 ', 0, 'settings 0 – é '' " \ 
 ', 'captions 0 – é '' " \ 
 ', 'started_at 0 – é '' " \ 
 ', 'changed_at 0 – é '' " \ 
 ', 'ended_at 0 – é '' " \ 
 ');
INSERT INTO "showings" VALUES ('code 1 – é '' " \ 
 x', 'deck 1 – é '' " \ 
 x', 'position 1 – é '' " \ 
 x', 2147483647, 'settings 1 – é '' " \ 
 x', 'captions 1 – é '' " \ 
 x', 'started_at 1 – é '' " \ 
 x', 'changed_at 1 – é '' " \ 
 x', 'ended_at 1 – é '' " \ 
 x');
INSERT INTO "showings" VALUES ('code 2 – é '' " \ 
 xx', 'deck 2 – é '' " \ 
 xx', 'position 2 – é '' " \ 
 xx', 2, 'settings 2 – é '' " \ 
 xx', 'captions 2 – é '' " \ 
 xx', 'started_at 2 – é '' " \ 
 xx', 'changed_at 2 – é '' " \ 
 xx', 'ended_at 2 – é '' " \ 
 xx');
