-- agg_error_hour: errors of the server, hour by hour.
--
-- window: hours
-- grain: one row per UTC hour, kind and name
-- source: fct_error
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   kind varchar: http, exception, commit, transport …
--   name varchar: which of them
--   n bigint: errors
-- checks:
--   not null hour_at, kind, name, n
--   unique hour_at, kind, name
select
    date_trunc('hour', minute_at)::timestamp as hour_at,
    kind,
    name,
    sum(n)::bigint as n
from fct_error
where minute_at >= $from_at and minute_at < $to_at
group by date_trunc('hour', minute_at), kind, name
