-- on steps: core/steps
with rooms as (
    select
        date_trunc($step, hour_at)::timestamp as at,
        sum(n_rooms_created)::bigint as n_rooms_created,
        sum(n_moves)::bigint as n_moves
    from agg_room_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and ($game = '' or game = $game)
        and ($bots = 'all' or has_bots = ($bots = 'with'))
    group by date_trunc($step, hour_at)
),

matches as (
    select
        date_trunc($step, hour_at)::timestamp as at,
        sum(n_matches) filter (where outcome_kind <> 'abandoned')::bigint as n_finished,
        sum(n_matches) filter (where outcome_kind = 'abandoned')::bigint as n_abandoned
    from agg_match_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and ($game = '' or game = $game)
        and ($bots = 'all' or has_bots = ($bots = 'with'))
    group by date_trunc($step, hour_at)
),

players as (
    select
        date_trunc($step, hour_at)::timestamp as at,
        count(distinct player_id) filter (where not is_bot)::bigint as n_people
    from agg_player_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and ($game = '' or game = $game)
        and ($bots = 'all' or has_bots = ($bots = 'with'))
    group by date_trunc($step, hour_at)
)

select
    if($step = 'hour', timezone($zone, timezone('UTC', steps.at)), steps.at) as at,
    coalesce(rooms.n_rooms_created, 0) as n_rooms_created,
    coalesce(matches.n_finished, 0) as n_finished,
    coalesce(matches.n_abandoned, 0) as n_abandoned,
    coalesce(rooms.n_moves, 0) as n_moves,
    coalesce(players.n_people, 0) as n_people
from steps
left join rooms on steps.at = rooms.at
left join matches on steps.at = matches.at
left join players on steps.at = players.at
order by steps.at
