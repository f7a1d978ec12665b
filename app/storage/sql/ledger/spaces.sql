-- name: ledger_meta
select log, run, epoch from meta

-- name: set_ledger_meta
insert into meta (log, run, epoch) values (:log, :run, :epoch)

-- name: set_ledger_run
update meta set run = :run

-- name: ledger_bins
select * from bins order by number

-- name: ledger_bin
select * from bins where number = :number

-- name: put_bin
insert into bins (number, id, name, stuck_s, version, space)
values (:number, :id, :name, :stuck_s, :version, :space)
on conflict (number) do update set name = excluded.name, stuck_s = excluded.stuck_s, version = excluded.version

-- name: point_bin
update bins set space = :space where number = :number

-- name: erase_ledger_bin
delete from bins where number = :number

-- name: add_space
insert into spaces (bin, state, reader, rereads, n, k, d, a, first_seq, last_seq)
values (:bin, :state, :reader, :rereads, :n, 0, 0, 0, :first_seq, :first_seq)
returning *

-- name: get_space
select * from spaces where number = :number

-- name: building_spaces
select * from spaces where state = 'building' order by number

-- name: building_space
select * from spaces where state = 'building' and bin = :bin

-- name: gone_spaces
select * from spaces where state = 'gone' order by number limit 1

-- name: save_space
update spaces
set
    state = :state, reader = :reader, rereads = :rereads, n = :n, k = :k, d = :d, a = :a,
    first_seq = :first_seq, last_seq = :last_seq, last_message = :last_message, last_pairing = :last_pairing,
    captures = :captures, primary_count = :primary_count, fallback_count = :fallback_count,
    status_count = :status_count, voice_count = :voice_count, voice_fallback_count = :voice_fallback_count,
    last_capture_at = :last_capture_at, indexed_n = :indexed_n
where number = :number

-- name: drop_space
update spaces set state = 'gone' where number = :number

-- name: erase_space
delete from spaces where number = :number

-- name: unindexed_spaces
select * from spaces where indexed_n < n and state <> 'gone' order by state desc, number limit 1

-- name: building_progress
select spaces.bin, bins.id, spaces.captures, spaces.n
from spaces join bins on bins.number = spaces.bin
where spaces.state = 'building'

-- name: positions
select bin, n, k, d, a from spaces where state <> 'gone'

-- name: last_first_seq
select max(first_seq) from spaces

-- name: next_capture_row
select min(id) as id from captures where id > :after and id <= :upto

-- name: erase_capture_rows
delete from captures where id > :after and id <= :upto

-- name: erase_annotation_rows
delete from annotations where id > :after and id <= :upto

-- name: erase_links_between
delete from links where message > :after and message <= :upto

-- name: next_message_row
select min(id) as id from messages where id > :after and id <= :upto

-- name: erase_messages_between
delete from messages where id > :after and id <= :upto

-- name: next_pairing_row
select min(id) as id from pairings where id > :after and id <= :upto

-- name: erase_pairings_between
delete from pairings where id > :after and id <= :upto

-- name: erase_space_calls
delete from calls where id in (select id from calls where space = :space limit :limit)

-- name: erase_space_texts
delete from texts where space = :space and minute <= (
    select max(minute)
    from (select minute from texts where space = :space order by minute, hash limit :limit) as first_ones
)

-- name: erase_space_changes
delete from changes where space = :space and seq <= (
    select max(seq)
    from (select seq from changes where space = :space order by seq limit :limit) as first_ones
)

-- name: erase_space_conversations
delete from conversations where (space, theirs, ours) in (
    select space, theirs, ours from conversations where space = :space limit :limit
)

-- name: erase_space_verdicts
delete from verdict_counts where space = :space

-- name: erase_space_gaps
delete from gap_counts where space = :space
