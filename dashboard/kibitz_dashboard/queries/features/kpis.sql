select
    count(distinct name)::bigint as n_features,
    coalesce(sum(n_uses), 0)::bigint as n_uses,
    coalesce(sum(n_first_users), 0)::bigint as n_first,
    coalesce(sum(n_users), 0)::bigint as n_user_days
from agg_feature_day
where feature_date >= $from_at::date and feature_date < $to_at
