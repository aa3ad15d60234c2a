select
    kind,
    name,
    sum(n)::bigint as n,
    min(hour_at) as first_hour_at,
    max(hour_at) as last_hour_at
from agg_error_hour
where hour_at >= $from_at and hour_at < $to_at
group by kind, name
order by sum(n) desc, kind, name
