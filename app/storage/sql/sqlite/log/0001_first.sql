-- The log: captures and user settings. Captures are not interpreted; everything else is derived from the log.
-- Times are microseconds since 1970 (UTC). A bin's number is internal; users and other programs see its id.
-- Ids of rows of which a bin has many are `bin << 40 | number` (storage/ids.py).

-- One row. `id` identifies this file: a ledger that was made from another log is not used. `epochs` counts the ledgers
-- that were begun, so that no live cursor is used twice. `seen_at` is the latest time that the wall clock was trusted
-- at.
create table meta (
    id text not null,
    epochs integer not null default 0,
    seen_at integer
) strict;
insert into meta (id) values (lower(hex(randomblob(16))));

-- Each opening of the log by a server. `ended_at` is null while it runs and after a crash.
create table runs (
    number integer primary key,
    id text not null unique,
    began_at integer not null,
    ended_at integer
) strict;

create table bins (
    -- Not used twice, because the ledger may still have the deleted bin.
    number integer primary key autoincrement,
    id text not null unique,
    key text not null unique,
    name text not null,
    provider text,
    retention_s integer,
    -- Seconds without a final status after which a message is stuck; 0: never.
    stuck_s integer not null,
    created_at integer not null,
    -- The highest assigned numbers of captures, outcomes and deletions.
    last_n integer not null default 0,
    last_k integer not null default 0,
    last_d integer not null default 0,
    -- Incremented by each change of this row's settings.
    version integer not null default 0,
    -- The number of requests to parse the bin again.
    rereads integer not null default 0,
    -- Captures up to this number are deleted; their bytes may not be erased yet.
    floor_n integer not null default 0,
    -- The highest number that was deleted by the retention.
    swept_n integer not null default 0,
    deleted integer not null default 0,
    -- Bytes of captures up to `floor_n` are not erased yet.
    leftovers integer not null default 0
) strict;
create index bins_with_leftovers on bins (number) where leftovers;

-- One row for each request: number n of its bin. `provider` is the bin's setting at that time, `fault` the fault of its
-- answer, as MessagePack. `head` has the header lines as received, one character for each byte; `framing` is a chunked
-- body as received; `refused` is the reason why the bytes are not valid HTTP.
create table captures (
    id integer primary key,
    received_at integer not null,
    role text not null,
    method text not null,
    target text not null,
    peer text not null,
    http_version text not null,
    head text not null,
    body blob not null,
    body_complete integer not null,
    sha256 blob not null,
    framing blob,
    refused text,
    provider text,
    fault blob,
    simulated integer not null
) strict;

-- The outcomes of our answers, in the order in which they became known: number k of the bin. `after_n` is the bin's
-- last capture at that time, which orders outcomes among captures.
create table outcomes (
    id integer primary key,
    n integer not null,
    after_n integer not null,
    status integer,
    after_ms integer,
    sender_left integer not null,
    left_ms integer,
    well_formed integer not null,
    note text
) strict;

-- The answer to capture n if it was not the default of its role, as MessagePack.
create table sent_answers (
    id integer primary key,
    answer blob not null
) strict;

-- Deleted captures: n, or everything up to n (`through`). Number d of the bin.
create table deletions (
    id integer primary key,
    n integer not null,
    through integer not null
) strict;

-- Requests to parse a bin again, up to capture n, with the provider that was set at that time.
create table rereads (
    bin integer not null references bins (number),
    number integer not null,
    through_n integer not null,
    provider text,
    primary key (bin, number)
) strict, without rowid;

-- Captures n that stopped the parsers. Another version of the parsers tries again.
create table skips (
    id integer primary key,
    reader text not null
) strict;

-- The answers of a role that a user has set, and its fault; as MessagePack.
create table answers (
    bin integer not null references bins (number),
    role text not null,
    answers blob not null,
    primary key (bin, role)
) strict, without rowid;
create table faults (
    bin integer not null references bins (number),
    role text not null,
    id text not null unique,
    fault blob not null,
    started_at integer not null,
    hits integer not null,
    remaining integer,
    drill text,
    primary key (bin, role)
) strict, without rowid;

-- Faults with an end and a score card, as JSON.
create table drills (
    bin integer not null references bins (number),
    number integer not null,
    id text not null unique,
    running integer not null,
    drill text not null,
    primary key (bin, number)
) strict, without rowid;
create index drills_running on drills (id) where running;

-- Replay attempts, and the beginning of the response.
create table attempts (
    bin integer not null references bins (number),
    n integer not null,
    -- Number of the attempt of its capture, from 1.
    number integer not null,
    url text not null,
    sent_at integer not null,
    status integer,
    ms integer not null,
    error text,
    content_type text not null,
    body blob not null,
    primary key (bin, n, number)
) strict;

-- Only hashes: a stolen database does not allow to sign in.
create table sessions (
    hash text primary key,
    token_hash text not null,
    created_at integer not null,
    seen_at integer not null
) strict, without rowid;

-- Written and emptied again to test whether a write of a given size works.
create table probe (
    id integer primary key,
    bytes blob not null
) strict;
