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
