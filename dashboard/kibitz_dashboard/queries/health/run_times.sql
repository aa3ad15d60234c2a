select
    count(*)::bigint as n_runs,
    count(*) filter (where state = 'failed')::bigint as n_failed,
    quantile_cont(duration_ms, 0.5) filter (where state = 'done') as p50_ms,
    max(duration_ms) filter (where state = 'done') as max_ms,
    sum(rows_read)::bigint as rows_read
from etl_runs
