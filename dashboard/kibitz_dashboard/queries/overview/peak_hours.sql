-- each hour of the period counts, the empty ones too: else a quiet weekday would look as busy as its one match
with hours as (
    select unnest(generate_series(
        date_trunc('hour', $from_at::timestamp)::timestamp,
        $to_at::timestamp - interval 1 microsecond,
        interval 1 hour
    )) as hour_at
),

active as (
    select hour_at, sum(n_rooms_active) as n_rooms
    from agg_room_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and ($game = '' or game = $game)
        and ($bots = 'all' or has_bots = ($bots = 'with'))
    group by hour_at
),

peaks as (
    select hour_at, players_peak
    from agg_concurrent_hour
    where hour_at >= $from_at and hour_at < $to_at and game = $game
),

local as (
    select
        timezone($zone, timezone('UTC', hours.hour_at)) as local_at,
        coalesce(active.n_rooms, 0) as n_rooms,
        coalesce(peaks.players_peak, 0) as players_peak
    from hours
    left join active on hours.hour_at = active.hour_at
    left join peaks on hours.hour_at = peaks.hour_at
)

select
    isodow(local_at)::integer as weekday,
    hour(local_at)::integer as hour,
    avg(n_rooms) as rooms_active,
    avg(players_peak) as people_peak,
    count(*)::bigint as n_hours
from local
group by isodow(local_at), hour(local_at)
order by weekday, hour
