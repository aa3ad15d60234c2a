-- Moves by weekday and hour, an average over those weekdays of the last four weeks that have data; 1 is Monday.
with hours as (
    select
        hour_at,
        sum(n_moves) as n_moves
    from agg_room_hour
    where hour_at::date between $last - 27 and $last
    group by hour_at
),

-- from the first day with data on: how often each weekday came
weekdays as (
    select
        isodow(day) as weekday,
        count(*) as n_days
    from (
        select unnest(generate_series(min(hour_at)::date, $last::date, interval 1 day)) as day
        from hours
    )
    group by isodow(day)
)

select
    isodow(hours.hour_at) as weekday,
    hour(hours.hour_at) as hour,
    sum(hours.n_moves) / max(weekdays.n_days) as n_moves
from hours
inner join weekdays on isodow(hours.hour_at) = weekdays.weekday
group by isodow(hours.hour_at), hour(hours.hour_at)
order by weekday, hour
