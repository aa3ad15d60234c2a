select
    coalesce(sum(n), 0)::bigint as n_waits,
    coalesce(sum(n) filter (where result = 'cancelled'), 0)::bigint as n_cancelled
from agg_wait_hour
where hour_at >= $from_at and hour_at < $to_at and ($game = '' or game = $game)
