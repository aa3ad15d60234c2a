select
    coalesce(sum(n_sessions), 0)::bigint as n_sessions,
    coalesce(sum(n_actions), 0)::bigint as n_actions
from agg_session_day
where session_date >= $from_at::date and session_date < $to_at
