-- The last eight weeks up to the period's end, day by day, for the curves.
select
    metric_date,
    metric,
    value
from agg_metric_day
where
    game = ''
    and metric in ('dau', 'n_matches', 'n_moves', 'act_p95_ms', 'errors', 'refusals')
    and metric_date between $last - 55 and $last
order by metric, metric_date
