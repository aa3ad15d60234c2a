-- on steps: core/steps
with peaks as (
    select
        date_trunc($step, hour_at)::timestamp as at,
        max(rooms_peak) as rooms_peak,
        max(matches_peak) as matches_peak
    from agg_concurrent_hour
    where hour_at >= $from_at and hour_at < $to_at and game = $game
    group by date_trunc($step, hour_at)
)

select
    if($step = 'hour', timezone($zone, timezone('UTC', steps.at)), steps.at) as at,
    coalesce(peaks.rooms_peak, 0)::bigint as rooms_peak,
    coalesce(peaks.matches_peak, 0)::bigint as matches_peak
from steps
left join peaks on steps.at = peaks.at
order by steps.at
