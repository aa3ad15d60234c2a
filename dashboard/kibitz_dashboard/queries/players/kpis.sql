-- means are over days that are over, wau and mau are of the last of them
with days as (
    select *
    from agg_active_day
    where activity_date >= $from_at::date and activity_date < $to_at and game = $game
),

closed as (
    select * from days
    where
        activity_date < (select watermark_at::date from meta)
        -- of the period before, as many days
        and activity_date < date_trunc('day', $to_at::timestamp)
)

select
    (select count(*) from closed)::bigint as n_days,
    (select coalesce(sum(dau), 0) from closed)::bigint as n_active_days,
    (select avg(dau) from closed) as dau,
    (select arg_max(wau, activity_date) from closed)::bigint as wau,
    (select arg_max(mau, activity_date) from closed)::bigint as mau,
    (select avg(dau / nullif(mau, 0)) from closed) as stickiness,
    (select avg(n_returning) from closed) as returning_day,
    (select avg(n_resurrected) from closed) as resurrected_day,
    (select avg(n_dormant) from closed) as dormant_day,
    (select coalesce(sum(n_new), 0) from days)::bigint as n_new,
    (select coalesce(sum(n_churned), 0) from closed)::bigint as n_churned
