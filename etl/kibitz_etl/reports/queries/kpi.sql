-- The period's figures beside those of the period it is compared with. `n`: how many cases are behind a figure.
with days as (
    select
        metric,
        case
            when metric_date between $first and $last then 'now'
            when metric_date between $before_first and $before_last then 'before'
        end as stretch,
        value,
        n
    from agg_metric_day
    where game = ''
),

counted as (
    select
        metric,
        stretch,
        sum(value) as value,
        sum(value)::bigint as n
    from days
    where
        stretch is not null
        and metric in ('n_rooms', 'n_matches', 'n_moves', 'n_new', 'n_sessions', 'errors', 'refusals')
    group by metric, stretch
),

rates as (
    select
        metric,
        stretch,
        sum(value * n) / nullif(sum(n), 0) as value,
        sum(n)::bigint as n
    from days
    where stretch is not null and metric like '%\_rate' escape '\'
    group by metric, stretch
),

-- percentiles of days have no mean that says anything: the buckets of all days are added up
buckets as (
    select
        'duration_p50_ms' as metric,
        0.5 as share,
        hour_at::date as day,
        bucket,
        n_matches as n
    from agg_duration_hour

    union all

    select
        if(subject = 'event', 'act_p95_ms', subject || '_p50_ms'),
        if(subject = 'event', 0.95, 0.5),
        hour_at::date,
        bucket,
        n
    from agg_latency_hour
    where subject in ('think', 'wait', 'fill', 'session') or (subject = 'event' and name = 'act')
),

summed as (
    select
        metric,
        share,
        if(day between $first and $last, 'now', 'before') as stretch,
        bucket,
        sum(n) as n
    from buckets
    where day between $first and $last or day between $before_first and $before_last
    group by all
),

ranked as (
    select
        *,
        sum(n) over (partition by metric, stretch order by bucket) as up_to,
        sum(n) over (partition by metric, stretch) as total
    from summed
),

percentiles as (
    select
        metric,
        stretch,
        min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= share * total) as value,
        max(total)::bigint as n
    from ranked
    group by metric, stretch
),

peaks as (
    select
        metric,
        stretch,
        max(value) as value,
        max(n)::bigint as n
    from days
    where stretch is not null and metric = 'rooms_peak'
    group by metric, stretch
),

-- of days and weeks the different people are known; of a month they are counted, if the mart has all its days
people as (
    select
        'players' as metric,
        if(activity_date = $last, 'now', 'before') as stretch,
        if($first = $last, dau, wau)::double as value,
        if($first = $last, dau, wau) as n
    from agg_active_day
    where game = '' and activity_date in ($last, $before_last) and $last - $first < 7

    union all

    select
        'players' as metric,
        if(activity_date between $first and $last, 'now', 'before') as stretch,
        count(distinct player_id)::double as value,
        count(distinct player_id) as n
    from agg_player_day
    where
        is_active and not is_bot and $last - $first >= 7
        and (activity_date between $first and $last or activity_date between $before_first and $before_last)
    group by stretch
    having
        (select min(activity_date) from agg_active_day) >= (select min(activity_date) from agg_player_day)
        or (select min(activity_date) from agg_player_day) <= if(stretch = 'now', $first, $before_first)
),

figures as (
    select * from counted
    union all
    select * from rates
    union all
    select * from percentiles
    union all
    select * from peaks
    union all
    select * from people
)

select
    metric,
    max(value) filter (where stretch = 'now') as value,
    max(value) filter (where stretch = 'before') as before,
    coalesce(max(n) filter (where stretch = 'now'), 0) as n,
    coalesce(max(n) filter (where stretch = 'before'), 0) as n_before
from figures
group by metric
order by metric
