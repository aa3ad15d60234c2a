-- agg_wait_hour: waits for a quick match by the hour in which they ended; cancelled ones are in it, since leaving
-- them out would flatter the others.
--
-- window: hours
-- grain: one row per UTC hour, game and result
-- source: fct_wait
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour in which the waits ended
--   game varchar: the game waited for
--   result varchar: matched, bots or cancelled
--   n bigint: waits
--   wait_ms bigint: how long they took together, in milliseconds
-- checks:
--   not null hour_at, game, result, n, wait_ms
--   unique hour_at, game, result
select
    date_trunc('hour', ended_at)::timestamp as hour_at,
    game,
    result,
    count(*) as n,
    sum(wait_ms)::bigint as wait_ms
from fct_wait
where ended_at >= $from_at and ended_at < $to_at
group by date_trunc('hour', ended_at), game, result
