-- What other programs may read, beside the running server: names and meanings stay. Times are RFC 3339 text in UTC, lists
-- JSON. What was deleted or cleared is not in them, though its rows may still wait for the sweep.
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
    0 as simulated,
    outcomes.status as answered_status,
    outcomes.after_ms as answered_after_ms,
    outcomes.fault as answered_fault,
    captures.body_complete
from captures
join bins on bins.number = captures.bin
left join outcomes on outcomes.bin = captures.bin and outcomes.n = captures.n
where captures.n > bins.floor_n and not bins.deleted;

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
    -- One address a line. Quoted as one JSON text, a line break is \n; a backslash of an address is doubled, and steps
    -- aside meanwhile, so that it is not taken for one.
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
        from (select distinct events.n from events where events.message = messages.id order by events.n) as of_it
    ) as captures,
    iif(messages.findings = '', '[]', '["' || replace(messages.findings, ',', '","') || '"]') as findings
from messages
join bins on bins.number = messages.bin
where messages.last_n > bins.floor_n and not bins.deleted;
