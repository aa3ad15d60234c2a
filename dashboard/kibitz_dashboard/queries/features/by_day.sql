select feature_date::timestamp as at, name, n_users, n_uses, n_first_users
from agg_feature_day
where feature_date >= $from_at::date and feature_date < $to_at
order by feature_date, name
