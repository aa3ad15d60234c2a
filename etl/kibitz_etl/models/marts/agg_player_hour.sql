-- agg_player_hour: who was active in which hour. Active means: took a seat or acted; watching is not in the journal.
-- Counting different players over a period needs their ids; names are not here and not in the journal.
--
-- window: hours
-- grain: one row per UTC hour, game, whether the room ever had a bot, and player
-- source: fct_event, dim_room
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name
--   has_bots boolean: whether a bot ever took a seat in the room
--   player_id varchar: the player
--   is_bot boolean: whether the player is a bot
--   n_moves bigint: moves accepted from the player in the hour
-- checks:
--   not null hour_at, game, has_bots, player_id, is_bot, n_moves
--   unique hour_at, game, has_bots, player_id
select
    date_trunc('hour', fct_event.occurred_at)::timestamp as hour_at,
    dim_room.game,
    dim_room.has_bots,
    fct_event.player_id,
    bool_or(fct_event.is_bot) as is_bot,
    count(*) filter (where fct_event.is_move) as n_moves
from fct_event
inner join dim_room on fct_event.room_id = dim_room.room_id
where
    fct_event.kind in ('joined', 'action')
    and fct_event.player_id is not null
    and fct_event.occurred_at >= $from_at and fct_event.occurred_at < $to_at
    and date_trunc('hour', fct_event.occurred_at)::timestamp in (select hour_at from touched_hours)
group by
    date_trunc('hour', fct_event.occurred_at), dim_room.game, dim_room.has_bots, fct_event.player_id
