-- Rules that send captures to a URL of the user, and their result for each capture.

create table forwards (
    -- Not used twice, because the dispatches of a deleted forward are erased in steps.
    number integer primary key autoincrement,
    id text not null unique,
    bin integer not null references bins (number),
    made_at integer not null,
    -- The settings and the health, as JSON.
    forward text not null,
    health text not null,
    -- With which requests are signed by Standard Webhooks; may be encrypted.
    secret text,
    -- Captures up to this number are sent, or have a dispatch, or do not match.
    position integer not null,
    delivered integer not null default 0,
    -- Deleted with their captures before they had arrived.
    expired integer not null default 0,
    deleted integer not null default 0
) strict;
create index forwards_by_bin on forwards (bin);
create index forwards_deleted on forwards (number) where deleted;

-- Capture n with one forward, after its first attempt, or while it waits for a request of the same message. `tries`
-- counts all attempts, `step` those of the schedule; `trigger` is that of the next attempt if it is not a retry.
create table dispatches (
    forward integer not null references forwards (number),
    n integer not null,
    state text not null,
    tries integer not null,
    step integer not null,
    due_at integer,
    status integer,
    message text,
    trigger text,
    primary key (forward, n)
) strict, without rowid;
create index dispatches_due on dispatches (forward, due_at) where state in ('waiting', 'retrying');
create index dispatches_of_message on dispatches (forward, message, n)
where state in ('waiting', 'retrying') and message is not null;
create index dispatches_failed on dispatches (forward, n) where state in ('rejected', 'exhausted');

-- The forward that made the attempt (null: a replay), why, and the header lines that were sent.
alter table attempts add column forward text;
alter table attempts add column trigger text not null default 'manual';
alter table attempts add column sent blob not null default x'';
