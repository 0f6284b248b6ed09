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
INSERT INTO "kysely_migration" VALUES ('0001-checks-done', '2026-11-24T03:28:24.227Z');
INSERT INTO "kysely_migration" VALUES ('0002-kept-values', '2026-11-24T03:28:24.228Z');
CREATE TABLE "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
INSERT INTO "kysely_migration_lock" VALUES ('migration_lock', 0);
