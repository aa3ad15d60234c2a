-- on steps: core/steps
with buckets as (
    select date_trunc($step, hour_at)::timestamp as at, bucket, sum(n) as n
    from agg_latency_hour
    where hour_at >= $from_at and hour_at < $to_at and subject = $subject
    group by all
),

ranked as (
    select
        buckets.at,
        bucket,
        sum(n) over (partition by buckets.at order by bucket) as up_to,
        sum(n) over (partition by buckets.at) as n
    from buckets
),

percentiles as (
    select
        ranked.at,
        max(n)::bigint as n,
        min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.5 * n) as p50_ms,
        min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.95 * n) as p95_ms,
        min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.99 * n) as p99_ms
    from ranked
    group by ranked.at
)

select
    if($step = 'hour', timezone($zone, timezone('UTC', steps.at)), steps.at) as at,
    coalesce(percentiles.n, 0) as n,
    percentiles.p50_ms,
    percentiles.p95_ms,
    percentiles.p99_ms
from steps
left join percentiles on steps.at = percentiles.at
order by steps.at
