select
    coalesce(sum(n_rooms_created), 0)::bigint as n_rooms_created,
    coalesce(sum(n_matches_started), 0)::bigint as n_matches_started,
    coalesce(sum(n_moves), 0)::bigint as n_moves
from agg_room_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
