-- agg_incident_hour: what should not have happened, hour by hour.
--
-- window: hours
-- grain: one row per UTC hour and kind
-- source: fct_incident
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   kind varchar: kind of incident
--   n bigint: incidents
-- checks:
--   not null hour_at, kind, n
--   unique hour_at, kind
select
    date_trunc('hour', occurred_at)::timestamp as hour_at,
    kind,
    count(*) as n
from fct_incident
where occurred_at >= $from_at and occurred_at < $to_at
group by date_trunc('hour', occurred_at), kind
