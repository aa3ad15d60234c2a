-- agg_conflict_hour: actions that met another version than they were made on, hour by hour.
--
-- window: hours
-- grain: one row per UTC hour, type and resolution
-- source: fct_conflict
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   type varchar: the action's type, or the policy's name for it
--   resolution varchar: what was decided
--   n bigint: conflicts
-- checks:
--   not null hour_at, type, resolution, n
--   unique hour_at, type, resolution
select
    date_trunc('hour', met_at)::timestamp as hour_at,
    type,
    resolution,
    count(*) as n
from fct_conflict
where met_at >= $from_at and met_at < $to_at
group by date_trunc('hour', met_at), type, resolution
