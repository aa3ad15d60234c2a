select
    started_at,
    state,
    rows_read,
    batches,
    mart_version,
    duration_ms,
    error
from etl_runs
order by run_id desc
