-- What people used in the period.
select
    name,
    max(n_users)::bigint as users_on_best_day,
    sum(n_uses)::bigint as n_uses,
    sum(n_first_users)::bigint as n_first_users
from agg_feature_day
where feature_date between $first and $last
group by name
order by n_uses desc, name
limit 15
