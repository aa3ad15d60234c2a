select
    n_moves,
    sum(n_matches)::bigint as n_matches
from agg_moves_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
group by n_moves
order by n_moves
