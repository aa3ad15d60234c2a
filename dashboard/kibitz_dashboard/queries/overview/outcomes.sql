select
    outcome_kind,
    winner_seat,
    sum(n_matches)::bigint as n_matches
from agg_match_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
group by outcome_kind, winner_seat
order by n_matches desc, outcome_kind, winner_seat
