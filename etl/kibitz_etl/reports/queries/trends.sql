-- Where the daily figures are going, over all games, as of the last closed day.
select
    metric,
    direction,
    words,
    slope_per_day,
    low,
    high,
    level,
    from_date,
    to_date,
    n_days
from trend
where game = '' and metric in ('dau', 'n_new', 'n_matches', 'n_moves', 'finish_rate', 'duration_p50_ms', 'act_p95_ms')
order by metric
