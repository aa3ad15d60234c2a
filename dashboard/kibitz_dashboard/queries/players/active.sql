select activity_date::timestamp as at, dau, wau, mau, n_new, n_returning, n_resurrected, n_dormant, n_churned
from agg_active_day
where activity_date >= $from_at::date and activity_date < $to_at and game = $game
order by activity_date
