-- agg_room_hour: what happened in rooms, hour by hour.
--
-- window: hours
-- grain: one row per UTC hour, game and whether the room ever had a bot
-- source: fct_event, dim_room
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name
--   has_bots boolean: whether a bot ever took a seat in the room
--   n_rooms_created bigint: rooms made in the hour
--   n_rooms_closed bigint: rooms closed in the hour
--   n_rooms_active bigint: different rooms with any event in the hour; adds up over games, not over hours
--   n_matches_started bigint: matches started in the hour
--   n_moves bigint: moves accepted in the hour
--   n_events bigint: journal events in the hour
-- checks:
--   not null hour_at, game, has_bots
--   unique hour_at, game, has_bots
--   always n_rooms_active between 1 and n_events
select
    date_trunc('hour', fct_event.occurred_at)::timestamp as hour_at,
    dim_room.game,
    dim_room.has_bots,
    count(*) filter (where fct_event.kind = 'created') as n_rooms_created,
    count(*) filter (where fct_event.kind = 'closed') as n_rooms_closed,
    count(distinct fct_event.room_id) as n_rooms_active,
    count(*) filter (where fct_event.kind = 'started') as n_matches_started,
    count(*) filter (where fct_event.is_move) as n_moves,
    count(*) as n_events
from fct_event
inner join dim_room on fct_event.room_id = dim_room.room_id
where
    fct_event.occurred_at >= $from_at and fct_event.occurred_at < $to_at
    and date_trunc('hour', fct_event.occurred_at)::timestamp in (select hour_at from touched_hours)
group by date_trunc('hour', fct_event.occurred_at), dim_room.game, dim_room.has_bots
