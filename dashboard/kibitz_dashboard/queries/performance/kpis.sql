with buckets as (
    select if(subject = 'event', 'act', subject) as what, bucket, sum(n) as n
    from agg_latency_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and (subject in ('route', 'commit', 'loop_lag') or (subject = 'event' and name = 'act'))
    group by all
),

ranked as (
    select
        what,
        bucket,
        sum(n) over (partition by what order by bucket) as up_to,
        sum(n) over (partition by what) as n
    from buckets
),

timed as (select what, n, up_to, 0.05 * pow(2, (bucket + 0.5) / 8) as ms from ranked)

select
    coalesce(max(n) filter (where what = 'act'), 0)::bigint as n_act,
    1000 * min(ms) filter (where what = 'act' and up_to >= 0.95 * n) as act_us,
    coalesce(max(n) filter (where what = 'route'), 0)::bigint as n_route,
    1000 * min(ms) filter (where what = 'route' and up_to >= 0.95 * n) as route_us,
    coalesce(max(n) filter (where what = 'commit'), 0)::bigint as n_commit,
    1000 * min(ms) filter (where what = 'commit' and up_to >= 0.95 * n) as commit_us,
    coalesce(max(n) filter (where what = 'loop_lag'), 0)::bigint as n_lag,
    1000 * min(ms) filter (where what = 'loop_lag' and up_to >= 0.99 * n) as lag_us
from timed
