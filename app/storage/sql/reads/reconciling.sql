-- name: space_of_bin_id
select number, space from bins where id = :bin

-- name: seen_messages
-- For a reconciliation: read in steps, in the process that compares.
select
    id, provider, message_id, direction, sender, recipient, text, status, final, price, segments, first_at, final_at, piece_key
from messages
where id > :after and id <= :until
order by id
limit :limit

-- name: seen_links
-- The requests of these messages.
select
    links.message, links.n, links.position, captures.received_at, captures.role, captures.print, captures.simulated,
    captures.signature, captures.out_status, captures.fault_kind
from links cross join captures on captures.id = (:space << 40) + links.n
where (links.message, links.n, links.position) > (:message, :n, :position) and links.message <= :until
order by links.message, links.n, links.position
limit :limit
