-- agg_player_day: what each player did on each day, by game. Active means: took a seat or acted.
--
-- window: days
-- grain: one row per UTC day, player and game
-- source: agg_player_hour, fct_seat
-- published: the 200000 rows that are newest, by activity_date
-- columns:
--   activity_date date: the UTC day
--   player_id varchar: the player
--   game varchar: the game's name
--   is_bot boolean: whether the player is a bot
--   n_moves bigint: moves accepted on the day that were not taken back
--   n_matches bigint: matches of the player that ended on the day, with an outcome or without
--   n_won bigint: of these, the ones that the player won
--   played_ms bigint: durations of the ones that came to an outcome added up, in milliseconds; a match that was left lasts until its room is closed, which is no time played
--   first_at timestamp: when the player was first active on the day, UTC; the match's end for who only saw it end
--   last_at timestamp: when the player was last active on the day, UTC
--   is_active boolean: took a seat or acted on the day; not so who only saw a match end
-- checks:
--   not null activity_date, player_id, game, is_bot, n_moves, n_matches, n_won, played_ms, is_active
--   unique activity_date, player_id, game
--   always n_won <= n_matches
with parts as (
    select
        hour_at::date as activity_date,
        player_id,
        game,
        is_bot,
        n_moves,
        0 as n_matches,
        0 as n_won,
        0 as played_ms,
        first_at,
        last_at,
        true as is_active
    from agg_player_hour
    where hour_at >= $from_at and hour_at < $to_at

    union all

    select
        ended_at::date as activity_date,
        player_id,
        game,
        is_bot,
        0 as n_moves,
        1 as n_matches,
        coalesce(result = 'won', false)::integer as n_won,
        if(status = 'finished', duration_ms, 0) as played_ms,
        ended_at as first_at,
        ended_at as last_at,
        false as is_active
    from fct_seat
    where ended_at >= $from_at and ended_at < $to_at
)

select
    activity_date,
    player_id,
    game,
    bool_or(is_bot) as is_bot,
    sum(n_moves)::bigint as n_moves,
    sum(n_matches)::bigint as n_matches,
    sum(n_won)::bigint as n_won,
    sum(played_ms)::bigint as played_ms,
    coalesce(min(first_at) filter (where is_active), min(first_at)) as first_at,
    coalesce(max(last_at) filter (where is_active), max(last_at)) as last_at,
    bool_or(is_active) as is_active
from parts
group by activity_date, player_id, game
