-- dim_player_game: each player in each game, and over all games where game is empty. Bots that the server plays
-- are left out: they have an id for one seat of one room.
--
-- window: players
-- grain: one row per player and game
-- source: agg_player_past, agg_player_day
-- columns:
--   player_id varchar: the player
--   game varchar: the game's name; empty for all games together
--   is_bot boolean: whether the player is a bot
--   first_seen_at timestamp: when the player was first active, UTC
--   last_seen_at timestamp: when the player was last active, UTC
--   first_game varchar: the game played first; the first by name where two began at once
--   n_days bigint: different UTC days on which the player was active
--   n_matches bigint: matches that ended, with an outcome or without
--   n_won bigint: of these, the ones that the player won
--   n_moves bigint: moves that were not taken back
-- touches:
--   first_seen_at: is_bot, first_game
-- checks:
--   not null player_id, game, is_bot, first_seen_at, last_seen_at, first_game, n_days, n_matches, n_won, n_moves
--   unique player_id, game
--   always n_days >= 1 and n_won <= n_matches
with today as (
    select
        player_id,
        coalesce(game, '') as game,
        bool_or(is_bot) as is_bot,
        min(first_at) filter (where is_active) as first_seen_at,
        max(last_at) filter (where is_active) as last_seen_at,
        arg_min(game, {'at': first_at, 'game': game}) filter (where is_active) as first_game,
        count(distinct activity_date) filter (where is_active) as n_days,
        sum(n_matches)::bigint as n_matches,
        sum(n_won)::bigint as n_won,
        sum(n_moves)::bigint as n_moves
    from agg_player_day
    where
        activity_date >= $closed_before
        and player_id in (select player_id from touched_players)
        and not starts_with(player_id, 'b_house.')
    group by grouping sets ((player_id, game), (player_id))
),

both_parts as (
    select *
    from agg_player_past
    where player_id in (select player_id from touched_players)

    union all

    select *
    from today
)

select
    player_id,
    game,
    bool_or(is_bot) as is_bot,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at,
    arg_min(first_game, first_seen_at) as first_game,
    sum(n_days)::bigint as n_days,
    sum(n_matches)::bigint as n_matches,
    sum(n_won)::bigint as n_won,
    sum(n_moves)::bigint as n_moves
from both_parts
group by player_id, game
having count(first_seen_at) > 0
