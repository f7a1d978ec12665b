-- name: add_head
insert into head (head) values (?)

-- name: get_head
select head from head

-- name: add_record
insert into records values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: add_note
insert into notes (about, provider, at_us, ok, code, role, note) values (?, ?, ?, ?, ?, ?, ?)

-- name: index_records
-- Faster than updating the index with each row.
create index records_by_verdict on records (verdict, reason, number)

-- name: index_reasons
create index records_by_reason on records (reason, number) where reason is not null

-- name: index_keys
create index records_by_key on records (key)

-- name: index_notes
create index notes_by_message on notes (about)

-- name: list_records
select * from records where number > :after order by number limit :limit

-- name: list_records_with
select * from records indexed by records_by_verdict
where verdict = :verdict and number > :after
order by number
limit :limit

-- name: list_records_because
select * from records indexed by records_by_verdict
where verdict = :verdict and reason = :reason and number > :after
order by number
limit :limit

-- name: list_records_of_reason
select * from records indexed by records_by_reason
where reason = :reason and number > :after
order by number
limit :limit

-- name: get_record
select * from records where number = :number

-- name: verdicts_by_key
select key, verdict from records where key in (select value from json_each(:keys))

-- name: list_notes
select about, provider, at_us, ok, code, role, note from notes where about = :about order by at_us, number limit :limit

-- name: failed_notes
select about, provider, at_us, ok, code, role, note from notes where not ok order by number desc limit :limit

-- name: add_result_file
-- In a backup.
insert into result_files (name, bytes) values (:name, zeroblob(:size))

-- name: result_file_names
select name from result_files order by number

-- name: result_file_number
select number from result_files where name = :name

-- name: drop_result_files
drop table result_files
