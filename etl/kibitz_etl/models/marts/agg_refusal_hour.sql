-- agg_refusal_hour: what was refused, hour by hour.
--
-- window: hours
-- grain: one row per UTC hour and code
-- source: fct_refusal
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   code varchar: the refusal's code
--   n bigint: refusals
-- checks:
--   not null hour_at, code, n
--   unique hour_at, code
select
    date_trunc('hour', refused_at)::timestamp as hour_at,
    code,
    sum(n)::bigint as n
from fct_refusal
where refused_at >= $from_at and refused_at < $to_at
group by date_trunc('hour', refused_at), code
