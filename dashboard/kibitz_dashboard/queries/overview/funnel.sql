select
    coalesce(sum(n_visited), 0)::bigint as n_visited,
    coalesce(sum(n_joined), 0)::bigint as n_joined,
    coalesce(sum(n_started), 0)::bigint as n_started,
    coalesce(sum(n_finished), 0)::bigint as n_finished,
    coalesce(sum(n_rematched), 0)::bigint as n_rematched
from agg_funnel_day
where visit_date >= $from_at::date and visit_date < $to_at
