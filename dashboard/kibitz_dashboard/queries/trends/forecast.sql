select metric_date::timestamp as at, value, low, high
from forecast_day
where metric = $metric and game = $game
order by metric_date
