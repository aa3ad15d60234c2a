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
        sum(n)::bigint as n
    from days
    where
        stretch is not null
        and metric in ('n_rooms', 'n_matches', 'n_moves', 'n_new', 'n_sessions', 'errors', 'refusals')
    group by metric, stretch
),

weighted as (
    select
        metric,
        stretch,
        sum(value * n) / nullif(sum(n), 0) as value,
        sum(n)::bigint as n
    from days
    where
        stretch is not null
        and (metric like '%\_rate' escape '\' or metric like '%\_ms' escape '\')
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

people as (
    select
        'players' as metric,
        case when activity_date between $first and $last then 'now' else 'before' end as stretch,
        count(distinct player_id)::double as value,
        count(distinct player_id) as n
    from agg_player_day
    where
        is_active and not is_bot
        and (activity_date between $first and $last or activity_date between $before_first and $before_last)
    group by stretch
),

figures as (
    select * from counted
    union all
    select * from weighted
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
