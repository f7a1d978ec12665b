-- What several servers do with one store: one of them sends, and the others see what it has done.

-- `edition`: how often a user has changed the settings or the state. `requeued`: how often dispatches were queued by
-- others than the server that sends.
alter table forwards add column edition integer not null default 0;
alter table forwards add column requeued integer not null default 0;

-- Incremented by each change: what was decided from an older edition is refused.
alter table alerts add column edition integer not null default 0;

-- How often it was connected: only the last connection may move the cursor. `connected_at`: null while it is not.
alter table listeners add column opened integer not null default 0;
alter table listeners add column connected_at integer;

-- The secrets of running simulations, hashed, so that every server recognises their requests.
create table marks (
    hash blob primary key,
    bin text not null,
    until integer not null
) strict, without rowid;

-- Simulations of all servers: what is shown of them, as JSON.
create table simulations (
    id text primary key,
    bin text not null,
    started_at integer not null,
    run text not null,
    stopping integer not null default 0
) strict, without rowid;
create index simulations_of_bin on simulations (bin, started_at);
