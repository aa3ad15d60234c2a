-- agg_room_hour: what happened in rooms, hour by hour.
--
-- window: hours
-- grain: one row per UTC hour, game and whether the room ever had a bot
-- source: fct_event, fct_rewind, dim_room
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name
--   has_bots boolean: whether a bot ever took a seat in the room
--   n_rooms_created bigint: rooms made in the hour
--   n_rooms_closed bigint: rooms closed in the hour
--   n_rooms_active bigint: different rooms with any event in the hour; adds up over games, not over hours
--   n_matches_started bigint: matches started in the hour that were not taken back
--   n_moves bigint: moves accepted in the hour that were not taken back
--   n_events bigint: journal events in the hour
-- checks:
--   not null hour_at, game, has_bots
--   unique hour_at, game, has_bots
--   always n_rooms_active between 1 and n_events
with events as (
    select
        *,
        exists (
            select 1
            from fct_rewind
            where
                fct_rewind.room_id = fct_event.room_id
                and fct_event.version > fct_rewind.to_version
                and fct_event.version < fct_rewind.version
        ) as is_undone
    from fct_event
    where occurred_at >= $from_at and occurred_at < $to_at
)

select
    date_trunc('hour', events.occurred_at)::timestamp as hour_at,
    dim_room.game,
    dim_room.has_bots,
    count(*) filter (where events.kind = 'created') as n_rooms_created,
    count(*) filter (where events.kind = 'closed') as n_rooms_closed,
    count(distinct events.room_id) as n_rooms_active,
    count(*) filter (where events.kind = 'started' and not events.is_undone) as n_matches_started,
    coalesce(sum(events.n_moves) filter (where not events.is_undone), 0)::bigint as n_moves,
    count(*) as n_events
from events
inner join dim_room
    on
        events.room_id = dim_room.room_id
        -- no others have an event in this time; DuckDB passes over the old ones
        and dim_room.last_event_at >= $from_at and dim_room.created_at < $to_at
group by date_trunc('hour', events.occurred_at), dim_room.game, dim_room.has_bots
