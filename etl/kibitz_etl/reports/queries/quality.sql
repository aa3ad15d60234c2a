-- How far the figures can be trusted.
select
    meta.mart_version,
    meta.watermark_seq,
    meta.watermark_at,
    meta.rows_loaded,
    meta.late_rows,
    meta.quarantined_rows,
    meta.is_demo,
    (
        select count(*)
        from reconciliation
        where not is_equal
    ) as n_days_unequal,
    (
        select count(*)
        from reconciliation
    ) as n_days_compared
from meta
