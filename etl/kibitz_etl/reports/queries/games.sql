-- Each game of the period: rooms made, moves, matches that ended, and how many of these were abandoned.
with rooms as (
    select
        game,
        sum(n_rooms_created)::bigint as n_rooms,
        sum(n_moves)::bigint as n_moves
    from agg_room_hour
    where hour_at::date between $first and $last
    group by game
),

endings as (
    select
        game,
        sum(n_matches)::bigint as n_matches,
        coalesce(sum(n_matches) filter (where outcome_kind = 'abandoned'), 0)::bigint as n_abandoned
    from agg_match_hour
    where hour_at::date between $first and $last
    group by game
),

buckets as (
    select
        game,
        bucket,
        sum(sum(n_matches)) over (partition by game order by bucket) as up_to,
        sum(sum(n_matches)) over (partition by game) as total
    from agg_duration_hour
    where hour_at::date between $first and $last
    group by game, bucket
),

medians as (
    select
        game,
        min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= 0.5 * total) as median_ms
    from buckets
    group by game
)

select
    rooms.game,
    rooms.n_rooms,
    coalesce(endings.n_matches, 0) as n_matches,
    rooms.n_moves,
    coalesce(endings.n_abandoned, 0) as n_abandoned,
    medians.median_ms
from rooms
left join endings on rooms.game = endings.game
left join medians on rooms.game = medians.game
order by n_matches desc, rooms.game
