-- Codes of findings, comma-separated.
alter table captures add column findings text not null default '';
-- Values of all fields, for the search; beside the bytes, because lists never need them.
alter table raws add column words text not null default '';
-- After how many seconds of silence without a final state a message counts as stuck; 0: never.
alter table bins add column stuck_s integer not null default 300;

-- Parties and ids are found in any case, as the filter grammar has it.
create index captures_by_sender on captures (bin, sender collate nocase, n) where sender is not null;
create index captures_by_recipient on captures (bin, recipient collate nocase, n) where recipient is not null;
create index captures_with_findings on captures (bin, n) where findings <> '';

-- The ledger: one row a message, folded from its events. `state` is what the fold needs to go on, as MessagePack.
create table messages (
    id integer primary key,
    bin integer not null references bins (number),
    seq integer not null,
    provider text not null,
    message_id text not null,
    direction text not null,
    sender text,
    recipient text,
    sender_said text,
    recipient_said text,
    -- The number at the other end, and the bin owner's own.
    theirs text,
    ours text,
    text text,
    media text not null,
    status text not null,
    raw_status text,
    final integer not null,
    price text,
    currency text,
    error_code text,
    segments integer,
    encoding text,
    first_at integer not null,
    last_at integer not null,
    final_at integer,
    -- The number of its last capture: a bin that is cleared takes its messages along.
    last_n integer not null,
    findings text not null,
    -- A callback is still expected, and nobody has called the message stuck yet.
    open integer not null,
    piece_key text,
    -- A number for (parties, text), to find the same text under another id.
    echo integer,
    state blob not null
) strict;
create index messages_by_id on messages (bin, message_id collate nocase, provider);
create unique index messages_by_seq on messages (bin, seq);
create index messages_by_status on messages (bin, status, last_n);
create index messages_by_pair on messages (bin, theirs collate nocase, ours collate nocase, first_at);
create index messages_by_echo on messages (bin, echo) where echo is not null;
create index messages_by_piece on messages (bin, piece_key) where piece_key is not null;
create index messages_open on messages (last_at) where open;
create index messages_stuck on messages (bin, last_n) where instr(findings, 'stuck');
create index messages_with_findings on messages (bin, id) where findings <> '';

-- What each capture stated, in order. `message` is null for calls, which make no message.
create table events (
    capture integer not null references captures (id),
    position integer not null,
    bin integer not null,
    n integer not null,
    message integer,
    call text,
    -- The fingerprint of the request's content and URL: the same one again is a duplicate.
    print text not null,
    facts blob not null,
    primary key (capture, position)
) strict, without rowid;
create index events_by_message on events (message, n) where message is not null;
create index events_by_call on events (bin, call collate nocase) where call is not null;

-- Who talks to whom: one row a pair of numbers.
create table conversations (
    bin integer not null references bins (number),
    theirs text not null,
    ours text not null,
    seq integer not null,
    last_at integer not null,
    primary key (bin, theirs, ours)
) strict, without rowid;
create index conversations_by_seq on conversations (bin, seq);
create index conversations_by_ours on conversations (bin, ours collate nocase);

-- Failures are what people look for, and rare.
create index captures_failed on captures (bin, n)
where status in ('failed', 'undelivered', 'rejected', 'expired', 'canceled');

-- The search. Captures up to `upto` are in the index; later ones are matched directly until the index has reached them.
-- The index holds words as `domain/search/tokens.py` gives them, so that both ways agree, and no text of its own.
-- `scope` is a word for the bin.
create table search_progress (upto integer not null) strict;
insert into search_progress (upto) values (0);
create virtual table search using fts5 (
    scope, text, rest, content = '', tokenize = "unicode61 remove_diacritics 0"
);
