select
    max(cpu_percent_max) / 100 as cpu,
    max(rss_bytes_max)::double as rss,
    count(*)::bigint as n_minutes,
    (
        select coalesce(sum(n), 0)::bigint from agg_error_hour
        where hour_at >= $from_at and hour_at < $to_at
    ) as n_errors,
    (
        select coalesce(sum(n), 0)::bigint from agg_incident_hour
        where hour_at >= $from_at and hour_at < $to_at
    ) as n_incidents
from agg_process_minute
where minute_at >= $from_at and minute_at < $to_at
