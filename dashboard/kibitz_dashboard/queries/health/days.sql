select
    count(*)::bigint as n_days,
    count(*) filter (where is_equal)::bigint as n_equal,
    max(checked_at) as checked_at
from reconciliation
