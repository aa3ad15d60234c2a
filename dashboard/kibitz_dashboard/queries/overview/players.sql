select
    count(distinct player_id) filter (where not is_bot)::bigint as n_people,
    count(distinct player_id) filter (where is_bot)::bigint as n_bots
from agg_player_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
