select occurred_at, kind, room_id, version, transport, detail
from fct_incident
where occurred_at >= $from_at and occurred_at < $to_at
order by occurred_at desc
limit 500
