-- dim_player: each player who ever took a seat or acted, over all games. Names are not here, nor are bots that the
-- server plays: they have an id for one seat of one room.
--
-- window: players
-- grain: one row per player
-- source: dim_player_game
-- published: the 100000 players that were active last, by last_seen_at
-- columns:
--   player_id varchar: the player
--   is_bot boolean: whether the player is a bot
--   first_seen_date date: the UTC day on which the player was first active
--   last_seen_date date: the UTC day on which the player was last active
--   first_seen_at timestamp: when the player was first active, UTC
--   last_seen_at timestamp: when the player was last active, UTC
--   first_game varchar: the game played first
--   n_days bigint: different UTC days on which the player was active
--   n_matches bigint: matches that ended, with an outcome or without
--   n_won bigint: of these, the ones that the player won
--   n_moves bigint: moves that were not taken back
-- checks:
--   not null player_id, is_bot, first_seen_date, last_seen_date, first_game, n_days
--   unique player_id
--   always first_seen_at <= last_seen_at
select
    player_id,
    is_bot,
    first_seen_at::date as first_seen_date,
    last_seen_at::date as last_seen_date,
    first_seen_at,
    last_seen_at,
    first_game,
    n_days,
    n_matches,
    n_won,
    n_moves
from dim_player_game
where game = '' and player_id in (select player_id from touched_players)
