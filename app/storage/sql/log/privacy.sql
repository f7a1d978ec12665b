-- name: list_privacy
select bins.id, privacy.settings
from privacy join bins on bins.number = privacy.bin
where not bins.deleted
order by privacy.bin

-- name: privacy_of_bin
select bins.id, privacy.settings
from privacy join bins on bins.number = privacy.bin
where bins.id = :bin and not bins.deleted

-- name: set_privacy
insert into privacy (bin, settings) values (:bin, :settings)
on conflict (bin) do update set settings = excluded.settings

-- name: drop_privacy
delete from privacy where bin = :bin
