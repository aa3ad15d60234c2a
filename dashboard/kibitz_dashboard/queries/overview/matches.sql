select
    coalesce(sum(n_matches), 0)::bigint as n_ended,
    coalesce(sum(n_matches) filter (where outcome_kind <> 'abandoned'), 0)::bigint as n_finished,
    coalesce(sum(n_matches) filter (where outcome_kind = 'abandoned'), 0)::bigint as n_abandoned,
    sum(n_moves) filter (where outcome_kind <> 'abandoned')::bigint as n_moves_finished,
    sum(duration_ms) filter (where outcome_kind <> 'abandoned')::bigint as duration_ms
from agg_match_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
