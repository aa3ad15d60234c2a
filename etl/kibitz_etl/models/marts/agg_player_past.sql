-- agg_player_past: each player in each game over all days that are over, so that a tick need not look at them
-- again. Today's share is added in dim_player_game. Bots that the server plays are left out: they have an id for
-- one seat of one room.
--
-- window: closed
-- grain: one row per player and game, and over all games where game is empty
-- source: agg_player_day
-- columns:
--   player_id varchar: the player
--   game varchar: the game's name; empty for all games together
--   is_bot boolean: whether the player is a bot
--   first_seen_at timestamp: when the player was first active, UTC; null for who only saw a match end
--   last_seen_at timestamp: when the player was last active, UTC; null as before
--   first_game varchar: the game played first; null as before
--   n_days bigint: different UTC days on which the player was active
--   n_matches bigint: matches that ended, with an outcome or without
--   n_won bigint: of these, the ones that the player won
--   n_moves bigint: moves that were not taken back
-- checks:
--   not null player_id, game, is_bot, n_days, n_matches, n_won, n_moves
--   unique player_id, game
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
where activity_date < $closed_before and not starts_with(player_id, 'b_house.')
group by grouping sets ((player_id, game), (player_id))
