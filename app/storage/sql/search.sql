-- name: search_progress
select upto from search_progress

-- name: set_search_progress
update search_progress set upto = :upto

-- name: search_step
select max(id) as upto, count(*) as found from (select id from captures where id > :upto order by id limit :limit)

-- name: add_to_search
insert into search (rowid, scope, text, rest)
select id, scope, text, rest from searchable where id > :upto and id <= :last

-- name: erase_from_search
insert into search (search, rowid, scope, text, rest)
select 'delete', id, scope, text, rest from searchable where id = :id

-- name: search_secure_delete
insert into search (search, rank) values ('secure-delete', 1)

-- name: search_merge
insert into search (search, rank) values ('merge', :pages)
