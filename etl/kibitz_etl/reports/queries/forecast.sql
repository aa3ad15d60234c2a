-- What the two weeks after the last closed day are expected to be, for the figures that are drawn.
select
    metric_date,
    metric,
    value,
    low,
    high
from forecast_day
where game = '' and metric in ('dau', 'n_matches') and metric_date > $last
order by metric, metric_date
