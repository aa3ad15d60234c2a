-- means are over days that are over, wau and mau are of the last of them. In one pass: each look at the days from
-- a query of its own would cost as much as all of this
with days as (
    select
        *,
        activity_date < (select watermark_at::date from meta)
            -- of the period before, as many days
            and activity_date < date_trunc('day', $to_at::timestamp) as is_over
    from agg_active_day
    where activity_date >= $from_at::date and activity_date < $to_at and game = $game
)

select
    count(*) filter (where is_over)::bigint as n_days,
    coalesce(sum(dau) filter (where is_over), 0)::bigint as n_active_days,
    avg(dau) filter (where is_over) as dau,
    arg_max(wau, activity_date) filter (where is_over)::bigint as wau,
    arg_max(mau, activity_date) filter (where is_over)::bigint as mau,
    avg(dau / nullif(mau, 0)) filter (where is_over) as stickiness,
    avg(n_returning) filter (where is_over) as returning_day,
    avg(n_resurrected) filter (where is_over) as resurrected_day,
    avg(n_dormant) filter (where is_over) as dormant_day,
    coalesce(sum(n_new), 0)::bigint as n_new,
    coalesce(sum(n_churned) filter (where is_over), 0)::bigint as n_churned
from days
