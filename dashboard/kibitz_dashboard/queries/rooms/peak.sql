select
    max(rooms_peak)::bigint as rooms_peak,
    max(matches_peak)::bigint as matches_peak,
    count(*)::bigint as n_hours
from agg_concurrent_hour
where hour_at >= $from_at and hour_at < $to_at and game = $game
