-- Times are microseconds since 1970 (UTC). A bin's number is internal; people and programs see its id.
create table bins (
    number integer primary key,
    id text not null unique,
    key text not null unique,
    name text not null,
    provider text,
    retention_s integer,
    created_at integer not null,
    last_n integer not null default 0,
    last_seq integer not null default 0,
    captures integer not null default 0,
    primary_count integer not null default 0,
    fallback_count integer not null default 0,
    status_count integer not null default 0,
    voice_count integer not null default 0,
    voice_fallback_count integer not null default 0,
    last_capture_at integer,
    -- Captures up to floor_n are gone from every read, though their rows may still wait for the sweep.
    floor_n integer not null default 0,
    -- The highest number that the retention took.
    swept_n integer not null default 0,
    -- A deleted bin answers nothing any more; its rows wait for the sweep.
    deleted integer not null default 0
) strict;

create table captures (
    id integer primary key,
    bin integer not null references bins (number),
    n integer not null,
    seq integer not null,
    received_at integer not null,
    role text not null,
    method text not null,
    target text not null,
    peer text not null,
    size integer not null,
    content_type text,
    body_complete integer not null,
    provider text,
    kind text not null,
    message_id text,
    sender text,
    recipient text,
    text text,
    status text,
    raw_status text,
    problem text
) strict;
create unique index captures_by_n on captures (bin, n);
create index captures_by_seq on captures (bin, seq);

-- The bytes, apart from what lists read. Same id as the capture. Headers: JSON [[name, value], ...] as latin-1.
create table raws (
    id integer primary key references captures (id),
    http_version text not null,
    headers text not null,
    body blob not null,
    sha256 text not null
) strict;

-- What became of our answer; a capture itself never changes.
create table outcomes (
    bin integer not null references bins (number),
    n integer not null,
    seq integer not null,
    status integer,
    after_ms integer,
    fault text,
    sender_left integer not null,
    primary key (bin, n)
) strict, without rowid;
create index outcomes_by_seq on outcomes (bin, seq);

-- What viewers must take off their screens: one capture, or everything through n.
create table deletions (
    bin integer not null references bins (number),
    seq integer not null,
    n integer not null,
    through integer not null,
    primary key (bin, seq)
) strict, without rowid;

-- Only hashes: who steals the database opens nothing with it.
create table sessions (
    hash text primary key,
    token_hash text not null,
    created_at integer not null,
    seen_at integer not null
) strict, without rowid;
