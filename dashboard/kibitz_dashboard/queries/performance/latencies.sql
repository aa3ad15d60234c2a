with buckets as (
    select subject, name, bucket, sum(n) as n
    from agg_latency_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and subject not in ('session', 'wait', 'fill', 'think')
    group by subject, name, bucket
),

ranked as (
    select
        subject,
        name,
        bucket,
        sum(n) over (partition by subject, name order by bucket) as up_to,
        sum(n) over (partition by subject, name) as n
    from buckets
)

select
    subject,
    name,
    max(n)::bigint as n,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.5 * n) as p50_ms,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.95 * n) as p95_ms,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.99 * n) as p99_ms
from ranked
group by subject, name
order by subject, max(n) desc, name
