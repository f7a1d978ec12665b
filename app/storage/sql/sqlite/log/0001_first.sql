-- The log: what came and what users decided. It understands nothing; everything else can be made again from it.
-- Times are microseconds since 1970 (UTC). A bin's number is internal; people and programs see its id.
-- Ids of rows that a bin has many of are `bin << 40 | number` (storage/ids.py).

-- One row. `id` is of this file: a ledger that was made from another log is of no use. `epochs` counts the ledgers that
-- were begun, so that no live cursor is given twice. `seen_at` is the latest time that the clock is trusted to have shown.
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
    -- Never given twice: the ledger may not know yet that a bin is gone.
    number integer primary key autoincrement,
    id text not null unique,
    key text not null unique,
    name text not null,
    provider text,
    retention_s integer,
    -- After how many seconds of silence without a final state a message counts as stuck; 0: never.
    stuck_s integer not null,
    created_at integer not null,
    -- The highest numbers given so far: of captures, outcomes and deletions.
    last_n integer not null default 0,
    last_k integer not null default 0,
    last_d integer not null default 0,
    -- Counts the changes of this row's settings.
    version integer not null default 0,
    -- Counts the requests to read the bin again.
    rereads integer not null default 0,
    -- Captures up to this number are gone, though the bytes may still wait to be erased.
    floor_n integer not null default 0,
    -- The highest number that the retention took.
    swept_n integer not null default 0,
    deleted integer not null default 0,
    -- Bytes of captures up to `floor_n` are still there.
    leftovers integer not null default 0
) strict;
create index bins_with_leftovers on bins (number) where leftovers;

-- One row a request: number n of its bin. `provider` is what the bin's setting was when it came, `fault` the fault that its
-- answer got, as MessagePack. `head` are the header lines as they came, one character a byte; `framing` is a body in
-- chunks as it came; `refused` says why the bytes are not valid HTTP.
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

-- What became of our answers, in the order in which it was known: number k of the bin. `after_n` was the bin's last
-- capture then, which places it among the captures.
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

-- What was answered to capture n, where it was not the default of its role, as MessagePack.
create table sent_answers (
    id integer primary key,
    answer blob not null
) strict;

-- Captures that were deleted: n, or everything up to n (`through`). Number d of the bin.
create table deletions (
    id integer primary key,
    n integer not null,
    through integer not null
) strict;

-- Requests to read a bin again, up to capture n, with the provider that was set on it then.
create table rereads (
    bin integer not null references bins (number),
    number integer not null,
    through_n integer not null,
    provider text,
    primary key (bin, number)
) strict, without rowid;

-- Captures n on which reading failed in a way that stopped it. Another version of the reader tries again.
create table skips (
    id integer primary key,
    reader text not null
) strict;

-- What a role answers, where a user has set it, and how it misbehaves until the fault ends; as MessagePack.
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

-- Captures that were sent again by hand, and the head of what came back.
create table attempts (
    bin integer not null references bins (number),
    n integer not null,
    -- Of its capture, from 1.
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

-- Only hashes: a stolen database opens nothing.
create table sessions (
    hash text primary key,
    token_hash text not null,
    created_at integer not null,
    seen_at integer not null
) strict, without rowid;

-- Written and emptied again to see whether a write of some size works.
create table probe (
    id integer primary key,
    bytes blob not null
) strict;
