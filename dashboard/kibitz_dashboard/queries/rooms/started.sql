select
    count(*)::bigint as n_made,
    count(first_started_at)::bigint as n_started
from dim_room
where
    created_at >= $from_at and created_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
