-- agg_match_hour: matches that ended, hour by hour, by how they ended and who won.
--
-- window: hours
-- grain: one row per UTC hour of the end, game, bots, kind of outcome and winning seat
-- source: fct_match
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour in which the match ended
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part
--   outcome_kind varchar: how it ended; `abandoned` when the room closed without an outcome
--   winner_seat integer: the seat that won; null for a draw or an abandoned match
--   n_matches bigint: matches
--   n_moves bigint: moves in these matches
--   duration_ms bigint: durations of these matches added up, in milliseconds
-- checks:
--   not null hour_at, game, has_bots, outcome_kind, n_matches, n_moves, duration_ms
--   unique hour_at, game, has_bots, outcome_kind, coalesce(winner_seat, -1)
--   always n_matches > 0
select
    date_trunc('hour', ended_at)::timestamp as hour_at,
    game,
    has_bots,
    coalesce(outcome_kind, 'abandoned') as outcome_kind,
    winner_seat,
    count(*) as n_matches,
    sum(n_moves)::bigint as n_moves,
    sum(duration_ms)::bigint as duration_ms
from fct_match
where
    ended_at >= $from_at and ended_at < $to_at
group by date_trunc('hour', ended_at), game, has_bots, coalesce(outcome_kind, 'abandoned'), winner_seat
