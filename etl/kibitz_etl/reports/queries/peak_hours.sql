-- Moves by weekday and hour, an average over the weeks that have data; 1 is Monday.
with hours as (
    select
        hour_at,
        sum(n_moves) as n_moves
    from agg_room_hour
    where hour_at::date between $last - 27 and $last
    group by hour_at
),

weeks as (
    select greatest(1, least(4, ceil((($last - min(hour_at::date)) + 1) / 7))) as n_weeks
    from hours
)

select
    isodow(hour_at) as weekday,
    hour(hour_at) as hour,
    sum(n_moves) / max(n_weeks) as n_moves
from hours
cross join weeks
group by isodow(hour_at), hour(hour_at)
order by weekday, hour
