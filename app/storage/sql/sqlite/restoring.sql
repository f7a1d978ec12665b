-- name: known_epochs
-- The highest epoch that a log has given out, the last time that it was in use, and the number of its bins.
select
    epochs,
    (select max(at) from (select seen_at as at union all select began_at from runs)) as used_at,
    (select count(*) from bins) as bins
from meta

-- name: raise_epochs
update meta set epochs = max(epochs, :least)
