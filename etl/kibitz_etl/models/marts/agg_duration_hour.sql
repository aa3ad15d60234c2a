-- agg_duration_hour: how long finished matches took, as a histogram that adds up over hours and games.
-- Buckets are logarithmic, 8 to the octave from 0.05 ms: a percentile read from them is within 5 %.
--
-- window: hours
-- grain: one row per UTC hour of the end, game, bots and bucket
-- source: fct_match
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour in which the match ended
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part
--   bucket integer: floor(8 * log2(duration_ms / 0.05)); its middle is 0.05 * 2^((bucket + 0.5) / 8) ms
--   n_matches bigint: finished matches in the bucket
-- checks:
--   not null hour_at, game, has_bots, bucket, n_matches
--   unique hour_at, game, has_bots, bucket
--   always bucket >= 0 and n_matches > 0
select
    date_trunc('hour', ended_at)::timestamp as hour_at,
    game,
    has_bots,
    floor(8 * log2(greatest(duration_ms, 0.05) / 0.05))::integer as bucket,
    count(*) as n_matches
from fct_match
where
    status = 'finished'
    and ended_at >= $from_at and ended_at < $to_at
group by
    date_trunc('hour', ended_at), game, has_bots, floor(8 * log2(greatest(duration_ms, 0.05) / 0.05))::integer
