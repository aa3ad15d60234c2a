-- agg_flow_hour: how many rooms, matches and players at play more there were at the end of an hour than at its
-- beginning, and how far above the beginning they rose within it. What was going on at once follows by adding up.
--
-- window: hours
-- grain: one row per UTC hour with a change and game, and over all games where game is empty
-- source: dim_room, fct_match
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name; empty for all games together
--   rooms_more bigint: rooms made less rooms closed
--   rooms_rise bigint: the most rooms above the hour's beginning, at least 0
--   matches_more bigint: matches started less matches ended
--   matches_rise bigint: the most matches above the hour's beginning, at least 0
--   players_more bigint: seats of people in matches started less those in matches ended
--   players_rise bigint: the most of them above the hour's beginning, at least 0
-- checks:
--   not null hour_at, game, rooms_more, rooms_rise, matches_more, matches_rise, players_more, players_rise
--   unique hour_at, game
--   always rooms_rise >= greatest(rooms_more, 0) and matches_rise >= greatest(matches_more, 0)
with steps as (
    select created_at as happened_at, game, 1 as rooms, 0 as matches, 0 as players
    from dim_room
    where created_at >= $from_at and created_at < $to_at

    union all

    select closed_at, game, -1, 0, 0
    from dim_room
    where closed_at >= $from_at and closed_at < $to_at

    union all

    select started_at, game, 0, 1, n_people
    from fct_match
    where started_at >= $from_at and started_at < $to_at

    union all

    select ended_at, game, 0, -1, -n_people
    from fct_match
    where ended_at >= $from_at and ended_at < $to_at
),

all_steps as (
    select happened_at, game, rooms, matches, players
    from steps

    union all

    select happened_at, '', rooms, matches, players
    from steps
),

running as (
    select
        date_trunc('hour', happened_at)::timestamp as hour_at,
        game,
        rooms,
        matches,
        players,
        -- what ends at an instant ends before what begins at it
        sum(rooms) over w as rooms_up,
        sum(matches) over w as matches_up,
        sum(players) over w as players_up
    from all_steps
    window w as (
        partition by date_trunc('hour', happened_at), game order by happened_at, rooms + matches, players
        rows between unbounded preceding and current row
    )
)

select
    hour_at,
    game,
    sum(rooms)::bigint as rooms_more,
    greatest(0, max(rooms_up))::bigint as rooms_rise,
    sum(matches)::bigint as matches_more,
    greatest(0, max(matches_up))::bigint as matches_rise,
    sum(players)::bigint as players_more,
    greatest(0, max(players_up))::bigint as players_rise
from running
group by hour_at, game
