-- Percentiles of how long the server took, by what it did, in milliseconds; from buckets, so within 5 %.
with summed as (
    select
        subject,
        name,
        bucket,
        sum(n) as n
    from agg_latency_hour
    where
        hour_at::date between $first and $last
        and subject in ('action', 'event', 'route', 'commit', 'broadcast', 'loop_lag')
    group by subject, name, bucket
),

ranked as (
    select
        *,
        sum(n) over (partition by subject, name order by bucket) as up_to,
        sum(n) over (partition by subject, name) as total
    from summed
)

select
    subject,
    name,
    max(total)::bigint as n,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.5 * total) as p50_ms,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.95 * total) as p95_ms,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.99 * total) as p99_ms
from ranked
group by subject, name
-- what happened a few times only is not to crowd out the rest
order by max(total) >= 20 desc, p95_ms desc, subject, name
limit 40
