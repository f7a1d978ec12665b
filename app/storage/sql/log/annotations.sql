-- name: get_annotation
select
    annotations.pinned, annotations.note, annotations.tags
from captures left join annotations on annotations.bin = :bin and annotations.n = :n
where captures.id = :id

-- name: set_annotation
insert into annotations (bin, n, a, pinned, note, tags) values (:bin, :n, :a, :pinned, :note, :tags)
on conflict (bin, n) do update set
    a = excluded.a, pinned = excluded.pinned, note = excluded.note, tags = excluded.tags

-- name: erase_annotations
delete from annotations where bin = :bin and n > :after and n <= :upto
