select metric_date::timestamp as at, metric, game, value, expected, z, change, n
from anomaly
where
    metric_date >= $from_at::date and metric_date < $to_at
    and ($game = '' or game = $game)
order by metric_date desc, abs(change) desc, metric, game
