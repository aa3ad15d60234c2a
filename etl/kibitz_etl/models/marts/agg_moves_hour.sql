-- agg_moves_hour: how many moves finished matches took, as an exact histogram.
--
-- window: hours
-- grain: one row per UTC hour of the end, game, bots and number of moves
-- source: fct_match
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour in which the match ended
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part
--   n_moves bigint: moves that a match took
--   n_matches bigint: finished matches that took so many
-- checks:
--   not null hour_at, game, has_bots, n_moves, n_matches
--   unique hour_at, game, has_bots, n_moves
--   always n_moves >= 0 and n_matches > 0
select
    date_trunc('hour', ended_at)::timestamp as hour_at,
    game,
    has_bots,
    n_moves,
    count(*) as n_matches
from fct_match
where
    status = 'finished'
    and ended_at >= $from_at and ended_at < $to_at
group by date_trunc('hour', ended_at), game, has_bots, n_moves
