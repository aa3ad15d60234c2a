select
    game,
    phase,
    action_type,
    sum(n) filter (where not is_bot)::bigint as n_people,
    sum(n) filter (where is_bot)::bigint as n_bots,
    sum(handled_us)::double / sum(n) as handled_us,
    sum(spent_ms) filter (where not is_bot)::double / nullif(sum(n_spent) filter (where not is_bot), 0) as spent_ms
from agg_action_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
group by game, phase, action_type
order by sum(n) desc, game, phase, action_type
