select metric, metric_date::timestamp as at, value, n
from agg_metric_day
where
    metric_date >= $from_at::date and metric_date < $to_at and metric_date < $today_at
    and game = $game
order by metric, metric_date
