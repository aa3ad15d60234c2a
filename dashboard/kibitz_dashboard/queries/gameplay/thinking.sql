with buckets as (
    select name, bucket, sum(n) as n
    from agg_latency_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and subject = 'think'
        and ($game = '' or split_part(name, '/', 1) = $game)
    group by name, bucket
),

ranked as (
    select
        name,
        bucket,
        sum(n) over (partition by name order by bucket) as up_to,
        sum(n) over (partition by name) as n
    from buckets
)

select
    split_part(name, '/', 1) as game,
    split_part(name, '/', 2) as phase,
    split_part(name, '/', 3) as action_type,
    max(n)::bigint as n,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.5 * n) as p50_ms,
    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.95 * n) as p95_ms
from ranked
group by name
order by max(n) desc, name
