-- agg_concurrent_hour: the most rooms, matches and people at play at once, hour by hour. Hours in which nothing
-- began or ended are here as long as something goes on.
--
-- window: whole
-- grain: one row per UTC hour and game, and over all games where game is empty
-- source: agg_flow_hour
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name; empty for all games together
--   rooms_peak bigint: the most rooms open at once
--   matches_peak bigint: the most matches going on at once
--   players_peak bigint: the most seats of people in matches at once
-- checks:
--   not null hour_at, game, rooms_peak, matches_peak, players_peak
--   unique hour_at, game
with levels as (
    select
        hour_at,
        game,
        sum(rooms_more) over before as rooms,
        sum(matches_more) over before as matches,
        sum(players_more) over before as players,
        rooms_more,
        rooms_rise,
        matches_more,
        matches_rise,
        players_more,
        players_rise,
        coalesce(lead(hour_at) over (partition by game order by hour_at), hour_at + interval 1 hour) as next_at
    from agg_flow_hour
    window before as (
        partition by game order by hour_at rows between unbounded preceding and 1 preceding
    )
),

-- the hour itself, and the quiet ones up to the next change
hours as (
    select
        *,
        unnest(range(hour_at, next_at, interval 1 hour)) as quiet_at
    from levels
)

select
    quiet_at as hour_at,
    game,
    (coalesce(rooms, 0) + if(quiet_at = hour_at, rooms_rise, rooms_more))::bigint as rooms_peak,
    (coalesce(matches, 0) + if(quiet_at = hour_at, matches_rise, matches_more))::bigint as matches_peak,
    (coalesce(players, 0) + if(quiet_at = hour_at, players_rise, players_more))::bigint as players_peak
from hours
where quiet_at = hour_at or coalesce(rooms, 0) + rooms_more > 0 or coalesce(matches, 0) + matches_more > 0
