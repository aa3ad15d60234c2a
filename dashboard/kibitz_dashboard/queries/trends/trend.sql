select metric, from_date::timestamp as from_at, to_date::timestamp as to_at, level, slope_per_day, low, high, direction, words, n_days
from trend
where game = $game
order by metric
