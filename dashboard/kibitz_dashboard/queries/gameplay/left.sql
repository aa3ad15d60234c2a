select
    game,
    phase,
    seat,
    sum(n_matches)::bigint as n_matches
from agg_abandon_day
where
    ended_date >= $from_at::date and ended_date < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
group by game, phase, seat
order by sum(n_matches) desc, game, phase, seat
