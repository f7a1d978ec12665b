-- name: get_mapping
select mapping from mappings where bin = :bin

-- name: list_mappings
select bins.id, mappings.mapping
from mappings join bins on bins.number = mappings.bin
where not bins.deleted
order by mappings.bin

-- name: mapping_of_bin
select bins.id, mappings.mapping
from mappings join bins on bins.number = mappings.bin
where bins.id = :bin and not bins.deleted

-- name: set_mapping
insert into mappings (bin, mapping) values (:bin, :mapping)
on conflict (bin) do update set mapping = excluded.mapping

-- name: drop_mapping
delete from mappings where bin = :bin

-- name: list_secrets
select label, scheme, secret, hash, added_at from secrets where bin = :bin order by added_at, label

-- name: all_secrets
select bins.id as bin, secrets.label, secrets.secret
from secrets join bins on bins.number = secrets.bin
order by bins.id, secrets.label

-- name: set_secret
insert into secrets (bin, label, scheme, secret, hash, added_at)
values (:bin, :label, :scheme, :secret, :hash, :added_at)
on conflict (bin, label) do update set
    scheme = excluded.scheme, secret = excluded.secret, hash = excluded.hash, added_at = excluded.added_at

-- name: drop_secret
delete from secrets where bin = :bin and label = :label

-- name: erase_secrets
delete from secrets where bin = :bin
