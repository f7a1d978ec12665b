-- The result of one reconciliation: a file of its own, written once and then only read.
-- Times are microseconds since 1970 (UTC). Lists are JSON.

-- One row: everything but the records, as JSON.
create table head (
    head text not null
) strict;

create table records (
    number integer primary key,
    place integer not null,
    part integer not null,
    verdict text not null,
    also text not null,
    reason text,
    key integer not null,
    provider text,
    message_id text,
    direction text,
    sender text,
    recipient text,
    at_us integer,
    ended_us integer,
    word text,
    status text,
    error_code text,
    price text,
    segments integer,
    text_digest blob,
    message integer,
    captures text not null,
    delta_ms integer,
    by_id integer not null,
    -- The row of the file, as JSON, and its text; only of a lost record, and only if the user wanted it.
    original text,
    text text
) strict;

create table notes (
    number integer primary key,
    about text not null,
    provider text not null,
    at_us integer,
    ok integer not null,
    code text,
    role text,
    note text not null
) strict;
