-- name: add_attempt
insert into attempts (bin, n, number, url, sent_at, status, ms, error, content_type, body)
select
    :bin, :n, coalesce((select max(number) from attempts where bin = :bin and n = :n), 0) + 1,
    :url, :sent_at, :status, :ms, :error, :content_type, :body
returning number

-- name: list_attempts
select * from (
    select attempts.*
    from attempts join bins on bins.number = attempts.bin
    where bins.id = :bin and not bins.deleted and attempts.n = :n and attempts.n > bins.floor_n
    order by attempts.number desc
    limit :limit
)
order by number

-- name: erase_attempts
delete from attempts where bin = ? and n = ?
