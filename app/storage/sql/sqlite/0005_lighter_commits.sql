-- Whose numbers stand in a capture, filled with the search and like it up to `upto`: kept in the commit of each capture,
-- it took a twentieth of the rate.
create table parties (
    bin integer not null references bins (number),
    -- 0: the sender, 1: the recipient.
    recipient integer not null,
    number text not null collate nocase,
    capture integer not null,
    primary key (bin, recipient, number, capture)
) strict, without rowid;
insert into parties
select bin, 0, sender, id from captures
where sender is not null and id <= (select upto from search_progress)
order by bin, sender collate nocase, id;
insert into parties
select bin, 1, recipient, id from captures
where recipient is not null and id <= (select upto from search_progress)
order by bin, recipient collate nocase, id;
drop index captures_by_sender;
drop index captures_by_recipient;
-- Numbers tell where a seq stands.
drop index captures_by_seq;

-- From here on `raws.headers` holds names and values in turns, a line each; what older versions wrote stays JSON.

-- Events had (capture, position) as their key, without a rowid: each page that was full had its neighbours written again.
-- With a number that rises they are laid one behind the other. Views go on reading `capture`.
pragma legacy_alter_table = on;
create table next_events (
    -- The capture and, in the lower 20 bits, the position of the event in it.
    id integer primary key,
    capture integer generated always as (id >> 20) virtual,
    bin integer not null,
    n integer not null,
    message integer,
    call text,
    print text not null,
    facts blob not null
) strict;
insert into next_events (id, bin, n, message, call, print, facts)
select (capture << 20) + position, bin, n, message, call, print, facts from events
order by capture, position;
drop table events;
alter table next_events rename to events;
create index events_by_message on events (message, n) where message is not null;
create index events_by_call on events (bin, call collate nocase) where call is not null;
pragma legacy_alter_table = off;
