-- agg_abandon_day: matches whose room closed before they had an outcome, by the phase they were in and by the
-- seat that was left last.
--
-- window: days
-- grain: one row per UTC day of the end, game, bots, phase, seat and reason
-- source: fct_match
-- published: all
-- columns:
--   ended_date date: the UTC day on which the room closed
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part
--   phase varchar: the phase the match was in; empty where the journal does not say
--   seat integer: the seat that was left last, counted from 0; null where none was
--   reason varchar: why the room closed
--   n_matches bigint: abandoned matches
-- checks:
--   not null ended_date, game, has_bots, phase, reason, n_matches
--   unique ended_date, game, has_bots, phase, coalesce(seat, -1), reason
select
    ended_at::date as ended_date,
    game,
    has_bots,
    coalesce(last_phase, '') as phase,
    left_seat as seat,
    coalesce(close_reason, 'unknown') as reason,
    count(*) as n_matches
from fct_match
where status = 'abandoned' and ended_at >= $from_at and ended_at < $to_at
group by
    ended_at::date, game, has_bots, coalesce(last_phase, ''), left_seat, coalesce(close_reason, 'unknown')
