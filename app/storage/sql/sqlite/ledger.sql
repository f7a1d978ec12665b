-- The ledger: what was understood of the log. It has no migrations: one of another version is made again.
-- Times are microseconds since 1970 (UTC). A space is one reading of one bin: clearing a bin, or reading it again, begins
-- another, and the rows of the old one are erased in steps. Ids are `space << 40 | number` (storage/ids.py).

-- One row: which log this was made from, and the last opening of it that was followed; and the epoch in which the live
-- cursors of new spaces begin.
create table meta (
    log text not null,
    run text not null,
    epoch integer not null
) strict;

create table bins (
    number integer primary key,
    id text not null unique,
    name text not null,
    stuck_s integer not null,
    -- The version of these settings in the log.
    version integer not null,
    -- What readers see.
    space integer not null
) strict;
create index bins_by_space on bins (space);

create table spaces (
    number integer primary key autoincrement,
    bin integer not null,
    -- current, building (beside the current one), gone (to be erased).
    state text not null,
    -- The digest of the reader's source, and the number of the reread, that it belongs to.
    reader text not null,
    rereads integer not null,
    -- How far the log has been read: captures, outcomes, deletions.
    n integer not null,
    k integer not null,
    d integer not null,
    -- Below the first one cursors mean nothing here.
    first_seq integer not null,
    last_seq integer not null,
    last_message integer not null default 0,
    last_pairing integer not null default 0,
    captures integer not null default 0,
    primary_count integer not null default 0,
    fallback_count integer not null default 0,
    status_count integer not null default 0,
    voice_count integer not null default 0,
    voice_fallback_count integer not null default 0,
    last_capture_at integer,
    -- Up to which number the search index has the words and parties.
    indexed_n integer not null default 0
) strict;
create index spaces_by_state on spaces (state, bin) where state <> 'current';
create index spaces_to_index on spaces (number) where indexed_n < n and state <> 'gone';

-- One row a capture: what lists show, what became of the answer, and what the fold needs to go on.
create table captures (
    id integer primary key,
    seq integer not null,
    received_at integer not null,
    role text not null,
    method text not null,
    target text not null,
    peer text not null,
    size integer not null,
    content_type text,
    body_complete integer not null,
    simulated integer not null,
    provider text,
    kind text not null,
    message_id text,
    sender text,
    recipient text,
    text text,
    status text,
    raw_status text,
    problem text,
    -- Codes, comma-separated: those of the reading (`own`), of the events in the light of their messages (`odd`, as JSON: a
    -- list for each event), of the pairing (`paired`).
    findings text not null,
    own text not null,
    odd text,
    paired text,
    fault text,
    fault_kind text,
    fault_said text,
    fault_drill text,
    -- Null until it is known.
    out_status integer,
    after_ms integer,
    sender_left integer,
    left_ms integer,
    well_formed integer,
    note text,
    -- The numbers of the messages that the events belong to, as JSON; null for a call.
    messages text,
    -- The fingerprint of the request's content and URL: the same one again is a duplicate.
    print text not null,
    -- As MessagePack.
    events blob,
    -- Values of all fields, for the search.
    words text not null
) strict;
create index captures_failed on captures (id)
where status in ('failed', 'undelivered', 'rejected', 'expired', 'canceled');
create index captures_with_findings on captures (id) where findings <> '';
create index captures_simulated on captures (id) where simulated;
create index captures_by_drill on captures (fault_drill, id) where fault_drill is not null;

-- What lists show of a capture.
create view capture_rows as
select
    id, seq, received_at, role, method, target, peer, size, content_type, body_complete, simulated, provider, kind,
    message_id, sender, recipient, text, status, raw_status, problem, findings, fault, fault_kind, fault_said,
    fault_drill, out_status, after_ms, sender_left, left_ms, well_formed, note
from captures;

-- One row a message, folded from its events. `state` is what the fold needs to go on, as MessagePack.
create table messages (
    id integer primary key,
    space integer not null,
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
    last_n integer not null,
    -- How many events it has; more than the first thousand are counted only.
    events integer not null,
    findings text not null,
    -- A callback is still expected, and the message is not marked as stuck.
    open integer not null,
    piece_key text,
    state blob not null,
    -- Null where the message is an outbound one.
    pairing integer
) strict;
create index messages_by_id on messages (space, message_id collate nocase, provider);
create index messages_by_status on messages (space, status);
create index messages_by_pair on messages (space, theirs collate nocase, ours collate nocase, first_at);
create index messages_by_piece on messages (space, piece_key, last_at) where piece_key is not null;
create index messages_open on messages (last_at) where open;
create index messages_stuck on messages (space) where instr(findings, 'stuck');
create index messages_with_findings on messages (id) where findings <> '';

-- The events of each message: event `position` of capture n.
create table links (
    message integer not null,
    n integer not null,
    position integer not null,
    primary key (message, n, position)
) strict, without rowid;

-- The events of calls, which make no message.
create table calls (
    id integer primary key,
    space integer not null,
    call text not null,
    n integer not null,
    position integer not null
) strict;
create index calls_by_call on calls (space, call collate nocase, n);
create index calls_by_capture on calls (space, n);

-- The texts that messages began with, minute by minute, so that new rows touch few pages: to find the same one between
-- the same parties under another id. `side`: 0 neither, 1 the primary, 2 the fallback; `made`: the request named no id; `joined`: the message
-- was taken for another one's, on the other URL.
create table texts (
    space integer not null,
    minute integer not null,
    hash integer not null,
    n integer not null,
    position integer not null,
    at integer not null,
    side integer not null,
    made integer not null,
    joined integer not null,
    message integer not null,
    primary key (space, minute, hash, n, position)
) strict, without rowid;

-- Pairs of numbers that exchanged messages.
create table conversations (
    space integer not null,
    theirs text not null,
    ours text not null,
    seq integer not null,
    primary key (space, theirs, ours)
) strict, without rowid;
create index conversations_by_seq on conversations (space, seq);
create index conversations_by_ours on conversations (space, ours collate nocase);

-- One row an inbound message or call, folded from its captures on the primary and the fallback URL.
create table pairings (
    id integer primary key,
    space integer not null,
    verdict text not null,
    gap_ms integer,
    last_n integer not null,
    -- From when on a fallback is missed; null where none is due.
    due_at integer,
    -- What it is about: a call by its id, or a message by its row; `twin` is the one that was matched with it by parties
    -- and text.
    call text,
    message integer,
    twin integer,
    -- How many a call has; more than the first thousand are counted only.
    events integer not null,
    findings text not null,
    -- The hits, as MessagePack.
    hits blob not null
) strict;
create index pairings_by_verdict on pairings (space, verdict);
create index pairings_due on pairings (due_at) where due_at is not null;
create index pairings_by_call on pairings (space, call collate nocase) where call is not null;

-- How many pairings there are of each verdict and each gap: what the summary of hundreds of thousands is made of.
create table verdict_counts (
    space integer not null,
    verdict text not null,
    pairs integer not null,
    primary key (space, verdict)
) strict, without rowid;
create table gap_counts (
    space integer not null,
    gap_ms integer not null,
    pairs integer not null,
    primary key (space, gap_ms)
) strict, without rowid;

-- What readers with a cursor are told, in order. `what`: 0 a capture is new, 1 a capture changed, 2 a message changed, 3 a
-- capture is gone, 4 everything up to a capture is gone, 5 a message is gone. `ref` is the number of the capture or
-- message, `name` the provider and the id of a message that is gone, as JSON.
create table changes (
    space integer not null,
    seq integer not null,
    what integer not null,
    ref integer not null,
    name text,
    primary key (space, seq)
) strict, without rowid;

-- The search index holds words as `domain/search/tokens.py` gives them, and no text of its own. `scope` is a word for the
-- space. What it has not reached (`spaces.indexed_n`) is matched directly.
create virtual table search using fts5 (
    scope, text, rest, content = '', tokenize = "unicode61 remove_diacritics 0"
);
-- Whose numbers stand in a capture, up to `spaces.indexed_n`. `recipient`: 0 the sender, 1 the recipient.
create table parties (
    space integer not null,
    recipient integer not null,
    number text not null collate nocase,
    n integer not null,
    primary key (space, recipient, number, n)
) strict, without rowid;

-- What other programs may read beside the running server: names and meanings stay. Times are RFC 3339 text in UTC, lists
-- JSON.
create view v_captures as
select
    bins.id as bin_id,
    bins.name as bin_name,
    captures.id & 0xffffffffff as n,
    strftime('%Y-%m-%dT%H:%M:%S', captures.received_at / 1000000, 'unixepoch')
    || printf('.%06dZ', captures.received_at % 1000000) as received_at,
    captures.role,
    captures.method,
    captures.target,
    captures.peer,
    captures.size,
    captures.content_type,
    captures.provider,
    captures.kind,
    captures.message_id,
    captures.sender as from_number,
    captures.recipient as to_number,
    captures.text,
    captures.status,
    captures.raw_status,
    captures.problem,
    iif(captures.findings = '', '[]', '["' || replace(captures.findings, ',', '","') || '"]') as findings,
    captures.simulated,
    captures.out_status as answered_status,
    captures.after_ms as answered_after_ms,
    captures.fault_kind as answered_fault,
    captures.body_complete
from captures
join bins on bins.space = captures.id >> 40;

create view v_messages as
select
    bins.id as bin_id,
    bins.name as bin_name,
    messages.provider,
    messages.message_id,
    messages.direction,
    messages.sender as from_number,
    messages.recipient as to_number,
    messages.text,
    -- One address a line. Quoted as one JSON text, a line break is \n; a backslash of an address is doubled, and is
    -- replaced meanwhile, so that it is not taken for one.
    iif(
        messages.media = '',
        '[]',
        '['
        || replace(replace(replace(json_quote(messages.media), '\\', char(1)), '\n', '","'), char(1), '\\')
        || ']'
    ) as media,
    messages.status,
    messages.raw_status,
    messages.final,
    messages.price,
    messages.currency,
    messages.error_code,
    messages.segments,
    messages.encoding,
    strftime('%Y-%m-%dT%H:%M:%S', messages.first_at / 1000000, 'unixepoch')
    || printf('.%06dZ', messages.first_at % 1000000) as first_at,
    strftime('%Y-%m-%dT%H:%M:%S', messages.last_at / 1000000, 'unixepoch')
    || printf('.%06dZ', messages.last_at % 1000000) as last_at,
    (
        select json_group_array(of_it.n)
        from (select distinct links.n from links where links.message = messages.id order by links.n) as of_it
    ) as captures,
    iif(messages.findings = '', '[]', '["' || replace(messages.findings, ',', '","') || '"]') as findings
from messages
join bins on bins.space = messages.space;

create view v_pairings as
select
    bins.id as bin_id,
    bins.name as bin_name,
    messages.provider,
    coalesce(messages.message_id, pairings.call) as message_id,
    iif(pairings.call is null, 'inbound', 'voice') as kind,
    iif(pairings.twin is null, 'message_id', 'fingerprint') as matched_by,
    pairings.verdict,
    pairings.gap_ms,
    (
        select json_group_array(of_it.n)
        from (
            select links.n from links where links.message in (pairings.message, pairings.twin)
            union
            select calls.n from calls
            where
                calls.space = pairings.space and calls.call collate nocase = pairings.call
                and calls.call = pairings.call
            order by 1
        ) as of_it
    ) as captures,
    iif(pairings.findings = '', '[]', '["' || replace(pairings.findings, ',', '","') || '"]') as findings
from pairings
join bins on bins.space = pairings.space
left join messages on messages.id = pairings.message;
