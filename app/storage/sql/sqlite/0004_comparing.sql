-- What a role answers, where a user has set it, as MessagePack; and how it misbehaves until the fault ends.
create table answers (
    bin integer not null references bins (number),
    role text not null,
    answers blob not null,
    primary key (bin, role)
) strict, without rowid;
create table faults (
    bin integer not null references bins (number),
    role text not null,
    -- Never given twice, so that a count that comes late changes no other fault.
    id text not null unique,
    fault blob not null,
    started_at integer not null,
    hits integer not null,
    remaining integer,
    drill text,
    primary key (bin, role)
) strict, without rowid;

-- Sent by a simulation of ours.
alter table captures add column simulated integer not null default 0;
create index captures_simulated on captures (bin, n) where simulated;

-- Captures that got a fault.
create table fault_hits (
    bin integer not null references bins (number),
    n integer not null,
    fault text not null,
    kind text not null,
    said text not null,
    drill text,
    primary key (bin, n)
) strict, without rowid;
create index fault_hits_by_drill on fault_hits (bin, drill, n) where drill is not null;

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

drop view v_captures;
alter table outcomes drop column fault;
-- When the sender hung up without the whole answer, after the arrival.
alter table outcomes add column left_ms integer;
alter table outcomes add column well_formed integer not null default 1;
-- One sentence about an answer that was not the one that was set.
alter table outcomes add column note text;
-- What went out, where it was not the default of its role; apart, because lists never need it.
create table sent_answers (
    bin integer not null references bins (number),
    n integer not null,
    answer blob not null,
    primary key (bin, n)
) strict, without rowid;

-- One row an inbound message or call, folded from its captures on the primary and the fallback URL.
create table pairings (
    bin integer not null references bins (number),
    -- Rises over all bins.
    id integer not null,
    verdict text not null,
    gap_ms integer,
    -- The number of its last capture: a bin that is cleared takes its pairings along.
    last_n integer not null,
    -- From when on a fallback is missed; null where none is due.
    due_at integer,
    -- What it is about: a call by its id, or the row of a message; `twin` is the one that was matched with it by parties
    -- and text.
    call text,
    message integer,
    twin integer,
    findings text not null,
    -- The hits, as MessagePack.
    hits blob not null,
    primary key (bin, id)
) strict, without rowid;
create index pairings_by_verdict on pairings (bin, verdict, id);
create index pairings_due on pairings (due_at) where due_at is not null;
create index pairings_by_call on pairings (bin, call collate nocase) where call is not null;
-- Null where the message is an outbound one.
alter table messages add column pairing integer;
-- How many pairings a bin has of each verdict and each gap: what the summary of hundreds of thousands is made of.
create table verdict_counts (
    bin integer not null references bins (number),
    verdict text not null,
    pairs integer not null,
    primary key (bin, verdict)
) strict, without rowid;
create table gap_counts (
    bin integer not null references bins (number),
    gap_ms integer not null,
    pairs integer not null,
    primary key (bin, gap_ms)
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

create view v_captures as
select
    bins.id as bin_id,
    bins.name as bin_name,
    captures.n,
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
    outcomes.status as answered_status,
    outcomes.after_ms as answered_after_ms,
    fault_hits.kind as answered_fault,
    captures.body_complete
from captures
join bins on bins.number = captures.bin
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
left join fault_hits on fault_hits.bin = captures.bin and fault_hits.n = captures.n
where captures.n > bins.floor_n and not bins.deleted;

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
            select distinct captures.n
            from events join captures on captures.id = events.capture
            where
                events.message in (pairings.message, pairings.twin)
                or (
                    events.bin = pairings.bin and events.call collate nocase = pairings.call
                    and events.call = pairings.call
                )
            order by captures.n
        ) as of_it
    ) as captures,
    iif(pairings.findings = '', '[]', '["' || replace(pairings.findings, ',', '","') || '"]') as findings
from pairings
join bins on bins.number = pairings.bin
left join messages on messages.id = pairings.message
where pairings.last_n > bins.floor_n and not bins.deleted;
