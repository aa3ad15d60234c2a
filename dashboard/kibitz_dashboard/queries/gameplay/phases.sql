select
    game,
    phase,
    sum(n_entered)::bigint as n_entered,
    sum(n_left)::bigint as n_left,
    sum(spent_ms)::bigint as spent_ms,
    sum(spent_ms)::double / nullif(sum(n_left), 0) as mean_ms
from agg_phase_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
group by game, phase
order by game, sum(spent_ms) desc, phase
