with buckets as (
    select bucket, sum(n) as n
    from agg_latency_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and subject = $subject
        and ($subject <> 'wait' or $game = '' or split_part(name, '/', 1) = $game)
    group by bucket
),

ranked as (
    select bucket, sum(n) over (order by bucket) as up_to, sum(n) over () as n
    from buckets
)

select
    coalesce(max(n), 0)::bigint as n,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.5 * n) as p50_ms,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.95 * n) as p95_ms
from ranked
