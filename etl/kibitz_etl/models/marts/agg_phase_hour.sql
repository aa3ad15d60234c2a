-- agg_phase_hour: how often phases of games were entered, and how long they lasted, by the hour of entering.
--
-- window: hours
-- grain: one row per UTC hour of entering, game, bots and phase
-- source: fct_phase
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour in which the phase was entered
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part in the match
--   phase varchar: the phase's name
--   n_entered bigint: times it was entered
--   n_left bigint: of these, the times it is over
--   spent_ms bigint: how long those that are over lasted together, in milliseconds
-- checks:
--   not null hour_at, game, has_bots, phase, n_entered, spent_ms
--   unique hour_at, game, has_bots, phase
--   always n_left between 0 and n_entered
select
    date_trunc('hour', entered_at)::timestamp as hour_at,
    game,
    has_bots,
    phase,
    count(*) as n_entered,
    count(spent_ms) as n_left,
    coalesce(sum(spent_ms), 0)::bigint as spent_ms
from fct_phase
where entered_at >= $from_at and entered_at < $to_at
group by date_trunc('hour', entered_at), game, has_bots, phase
