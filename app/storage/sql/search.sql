-- name: search_progress
select upto from search_progress

-- name: set_search_progress
update search_progress set upto = :upto

-- name: search_step
select captures.id, captures.bin, captures.sender, captures.recipient, captures.text, raws.words
from captures join raws on raws.id = captures.id
where captures.id > :upto
order by captures.id
limit :limit

-- name: search_row
select captures.id, captures.bin, captures.sender, captures.recipient, captures.text, raws.words
from captures join raws on raws.id = captures.id
where captures.id = :id

-- name: add_to_search
insert into search (rowid, scope, text, rest) values (?, ?, ?, ?)

-- name: erase_from_search
insert into search (search, rowid, scope, text, rest) values ('delete', ?, ?, ?, ?)

-- name: add_party
insert into parties (bin, recipient, number, capture) values (?, ?, ?, ?)

-- name: erase_party
delete from parties where bin = ? and recipient = ? and number = ? and capture = ?

-- name: search_secure_delete
insert into search (search, rank) values ('secure-delete', 1)

-- name: search_merge
insert into search (search, rank) values ('merge', :pages)

-- name: search_hits
select rowid as id from search where search match :match order by rowid desc limit :limit
