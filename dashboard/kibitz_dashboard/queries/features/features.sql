-- people of a day who used it, over all people of these days, and how often those who use it come back to it
with used as (
    select
        name,
        sum(n_users)::bigint as n_user_days,
        sum(n_uses)::bigint as n_uses,
        sum(n_first_users)::bigint as n_first_users
    from agg_feature_day
    where feature_date >= $from_at::date and feature_date < $to_at
    group by name
),

people as (
    select sum(dau)::bigint as n_people_days
    from agg_active_day
    where activity_date >= $from_at::date and activity_date < $to_at and game = ''
),

sticky as (
    select
        name,
        sum(n_users)::bigint as n_users_month,
        sum(days_used * n_users)::double / sum(days_active * n_users) as stickiness,
        sum(n_users) filter (where days_used > 1)::double / sum(n_users) as again
    from agg_feature_28
    group by name
)

select
    used.name,
    used.n_user_days,
    used.n_uses,
    used.n_first_users,
    people.n_people_days,
    used.n_user_days / nullif(people.n_people_days, 0) as adoption,
    sticky.n_users_month,
    sticky.stickiness,
    sticky.again
from used
cross join people
left join sticky on used.name = sticky.name
order by used.n_user_days desc, used.name
