-- The ledger: data derived from the log. It has no migrations; a ledger of another version is rebuilt.
-- Times are microseconds since 1970 (UTC). A space is one result of parsing one bin: clearing a bin, or parsing it
-- again, begins a new one, and the rows of the old one are erased in steps. Ids are `space << 40 | number`
-- (storage/ids.py).

-- One row: the log that this ledger was made from, the last opening of the log that was followed, and the epoch of the
-- live cursors of new spaces.
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
    -- The space that readers see.
    space integer not null
) strict;
create index bins_by_space on bins (space);

create table spaces (
    number integer primary key autoincrement,
    bin integer not null,
    -- current, building (next to the current one), gone (to be erased).
    state text not null,
    -- The digest of the parsers' source, and the number of the reread request, that the space was built for.
    reader text not null,
    rereads integer not null,
    -- The position in the log: captures, outcomes, deletions, annotations.
    n integer not null,
    k integer not null,
    d integer not null,
    a integer not null,
    -- Cursors below the first seq belong to an earlier space.
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
    -- The last capture in the search index.
    indexed_n integer not null default 0
) strict;
create index spaces_by_state on spaces (state, bin) where state <> 'current';
create index spaces_to_index on spaces (number) where indexed_n < n and state <> 'gone';

-- One row for each capture: what lists show, the outcome of the answer, and what the fold needs.
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
    -- Finding codes, comma-separated: those of the reading (`own`), of the events, which depend on their messages
    -- (`odd`, as JSON: a list for each event), and of the pairing (`paired`).
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
    -- The numbers of the events' messages, as JSON; null for a call.
    messages text,
    -- The fingerprint of the request's content and URL; a request with the same one is a duplicate.
    print text not null,
    -- As MessagePack.
    events blob,
    -- The values of all fields, for the search.
    words text not null,
    -- The types of pictures and files, comma-separated, blank for an unknown one; null without files.
    media text,
    -- The verdict about the signature, and all about it as MessagePack; null while the bin has no secrets.
    signature text,
    judgement blob,
    -- ok, failed or odd; the counts by time contain it.
    result text not null
) strict;
create index captures_failed on captures (id)
where status in ('failed', 'undelivered', 'rejected', 'expired', 'canceled');
create index captures_with_findings on captures (id) where findings <> '';
create index captures_simulated on captures (id) where simulated;
create index captures_not_genuine on captures (id)
where signature in ('valid_as', 'wrong_secret_or_changed', 'stale');
create index captures_by_drill on captures (fault_drill, id) where fault_drill is not null;

-- What users wrote about captures, as in the log; none for most captures.
create table annotations (
    id integer primary key,
    pinned integer not null,
    note text not null,
    tags text not null
) strict;

-- The columns that lists show of a capture. `annotation`: pin, note and tags, as JSON.
create view capture_rows as
select
    id, seq, received_at, role, method, target, peer, size, content_type, body_complete, simulated, provider, kind,
    message_id, sender, recipient, text, status, raw_status, problem, findings, fault, fault_kind, fault_said,
    fault_drill, out_status, after_ms, sender_left, left_ms, well_formed, note, media, signature, judgement, result,
    (
        select json_array(annotations.pinned, annotations.note, annotations.tags)
        from annotations where annotations.id = captures.id
    ) as annotation
from captures;

-- One row for each message, folded from its events. `state` is what the fold needs in addition, as MessagePack.
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
    -- The number of the other party, and the number of the bin's owner.
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
    -- The number of its events; those after the first thousand are only counted.
    events integer not null,
    findings text not null,
    -- A callback is still expected, and the message is not marked as stuck.
    open integer not null,
    piece_key text,
    state blob not null,
    -- Null for an outbound message.
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

-- The events of calls, which have no message.
create table calls (
    id integer primary key,
    space integer not null,
    call text not null,
    n integer not null,
    position integer not null
) strict;
create index calls_by_call on calls (space, call collate nocase, n);
create index calls_by_capture on calls (space, n);

-- The texts that messages began with, by minute, so that new rows change few pages. They are used to find the same text
-- between the same numbers under another message id. `side`: 0 neither URL, 1 the primary, 2 the fallback; `made`: the
-- request had no message id; `joined`: the message was matched with one on the other URL.
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

-- Pairs of phone numbers that exchanged messages.
create table conversations (
    space integer not null,
    theirs text not null,
    ours text not null,
    seq integer not null,
    primary key (space, theirs, ours)
) strict, without rowid;
create index conversations_by_seq on conversations (space, seq);
create index conversations_by_ours on conversations (space, ours collate nocase);

-- One row for each inbound message or call, folded from its captures on the primary and the fallback URL.
create table pairings (
    id integer primary key,
    space integer not null,
    verdict text not null,
    gap_ms integer,
    last_n integer not null,
    -- The time from which a fallback counts as missing; null if none is expected.
    due_at integer,
    -- A call by its id, or a message by its row; `twin` is the message that was matched with it by numbers and text.
    call text,
    message integer,
    twin integer,
    -- The number of events of a call; those after the first thousand are only counted.
    events integer not null,
    findings text not null,
    -- The hits, as MessagePack.
    hits blob not null
) strict;
create index pairings_by_verdict on pairings (space, verdict);
create index pairings_due on pairings (due_at) where due_at is not null;
create index pairings_by_call on pairings (space, call collate nocase) where call is not null;

-- The number of pairings of each verdict and each gap, so that the summary does not read all pairings.
create table verdict_counts (
    space integer not null,
    verdict text not null,
    pairs integer not null,
    primary key (space, verdict)
) strict, without rowid;
-- Gaps of pairings whose fallback was used, so that they agree with the counts of verdicts.
create table gap_counts (
    space integer not null,
    gap_ms integer not null,
    pairs integer not null,
    primary key (space, gap_ms)
) strict, without rowid;

-- Counts by time. `unit` is the length of an interval: a minute, an hour or a day in microseconds; `at` its beginning.
-- Captures by their results, of all three units.
create table interval_counts (
    space integer not null,
    unit integer not null,
    at integer not null,
    ok integer not null,
    failed integer not null,
    odd integer not null,
    primary key (space, unit, at)
) strict, without rowid;
-- The same by hour and day for each role and provider (blank: not recognised).
create table source_counts (
    space integer not null,
    unit integer not null,
    at integer not null,
    role text not null,
    provider text not null,
    ok integer not null,
    failed integer not null,
    odd integer not null,
    primary key (space, unit, at, role, provider)
) strict, without rowid;
-- Failed outbound messages by hour and day of their last event.
create table failure_counts (
    space integer not null,
    unit integer not null,
    at integer not null,
    provider text not null,
    -- Blank without one.
    code text not null,
    messages integer not null,
    primary key (space, unit, at, provider, code)
) strict, without rowid;
-- Outbound messages with a final status, by hour and day of that, and by the time since their first event
-- (`domain/durations.py`).
create table final_counts (
    space integer not null,
    unit integer not null,
    at integer not null,
    bucket integer not null,
    messages integer not null,
    primary key (space, unit, at, bucket)
) strict, without rowid;
-- Pairings by hour and day of their capture with the lowest number.
create table pairing_counts (
    space integer not null,
    unit integer not null,
    at integer not null,
    verdict text not null,
    pairs integer not null,
    primary key (space, unit, at, verdict)
) strict, without rowid;

-- Changes for readers with a cursor, in order. `what`: 0 a new capture, 1 a changed capture, 2 a changed message, 3 a
-- deleted capture, 4 everything up to a capture deleted, 5 a deleted message. `ref` is the number of the capture or
-- message, `name` the provider and the id of a deleted message, as JSON.
create table changes (
    space integer not null,
    seq integer not null,
    what integer not null,
    ref integer not null,
    name text,
    primary key (space, seq)
) strict, without rowid;

-- The search index has words as `domain/search/tokens.py` returns them, and stores no text. `scope` is a word that
-- identifies the space. Captures after `spaces.indexed_n` are matched directly.
create virtual table search using fts5 (
    scope, text, rest, content = '', tokenize = "unicode61 remove_diacritics 0"
);
-- The phone numbers in a capture, up to `spaces.indexed_n`. `recipient`: 0 the sender, 1 the recipient.
create table parties (
    space integer not null,
    recipient integer not null,
    number text not null collate nocase,
    n integer not null,
    primary key (space, recipient, number, n)
) strict, without rowid;

-- Views for other programs that read the file while a server runs; names and meanings are stable. Times are RFC 3339
-- text in UTC, lists are JSON.
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
    captures.body_complete,
    captures.signature,
    coalesce(annotations.pinned, 0) as pinned,
    coalesce(annotations.note, '') as note,
    iif(
        coalesce(annotations.tags, '') = '', '[]', '["' || replace(annotations.tags, ',', '","') || '"]'
    ) as tags
from captures
join bins on bins.space = captures.id >> 40
left join annotations on annotations.id = captures.id;

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
    -- One URL on each line. In a quoted JSON text a line break is \n. A backslash in a URL is doubled, and replaced in
    -- between so that it is not mistaken for the beginning of \n.
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
