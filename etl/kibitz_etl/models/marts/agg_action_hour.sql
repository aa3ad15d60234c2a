-- agg_action_hour: the actions that the server accepted, hour by hour: how long it took over them, and how long
-- the players thought. Those that a later rewind took back are in it: they were handled all the same. The
-- actions of real time are not: the journal holds them by the second, in rows of kind `ticks`.
--
-- window: hours
-- grain: one row per UTC hour, game, bots, phase, type of action and whether a bot acted
-- source: fct_event, dim_room
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name
--   has_bots boolean: whether a bot ever took a seat in the room
--   phase varchar: the game's phase before the action; empty where the journal does not say
--   action_type varchar: the action's name; empty where the journal does not say
--   is_bot boolean: whether a bot acted
--   n bigint: actions
--   handled_us bigint: time the server took for them together, in microseconds
--   n_spent bigint: actions for which a clock ran
--   spent_ms bigint: time charged to the clocks for them together, in milliseconds
-- checks:
--   not null hour_at, game, has_bots, phase, action_type, is_bot, n, handled_us, spent_ms
--   unique hour_at, game, has_bots, phase, action_type, is_bot
--   always n > 0 and n_spent between 0 and n
select
    date_trunc('hour', fct_event.occurred_at)::timestamp as hour_at,
    dim_room.game,
    dim_room.has_bots,
    coalesce(fct_event.phase_from, '') as phase,
    coalesce(fct_event.action_type, '') as action_type,
    coalesce(fct_event.is_bot, false) as is_bot,
    count(*) as n,
    sum(fct_event.handled_us)::bigint as handled_us,
    count(fct_event.spent_ms) as n_spent,
    coalesce(sum(fct_event.spent_ms), 0)::bigint as spent_ms
from fct_event
inner join dim_room
    on
        fct_event.room_id = dim_room.room_id
        -- no others have an event in this time; DuckDB passes over the old ones
        and dim_room.last_event_at >= $from_at and dim_room.created_at < $to_at
where
    fct_event.occurred_at >= $from_at and fct_event.occurred_at < $to_at
    and fct_event.kind = 'action'
group by
    date_trunc('hour', fct_event.occurred_at),
    dim_room.game,
    dim_room.has_bots,
    coalesce(fct_event.phase_from, ''),
    coalesce(fct_event.action_type, ''),
    coalesce(fct_event.is_bot, false)
