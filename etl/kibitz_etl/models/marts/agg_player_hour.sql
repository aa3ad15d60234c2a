-- agg_player_hour: who was active in which hour. Active means: took a seat or acted; watching is not in the journal.
-- Counting different players over a period needs their ids; names are not here and not in the journal.
--
-- window: hours
-- grain: one row per UTC hour, game, whether the room ever had a bot, and player
-- source: fct_event, fct_rewind, dim_room
-- published: the 200000 rows that are newest, by hour_at
-- columns:
--   hour_at timestamp: start of the UTC hour
--   game varchar: the game's name
--   has_bots boolean: whether a bot ever took a seat in the room
--   player_id varchar: the player
--   is_bot boolean: whether the player is a bot
--   n_moves bigint: moves accepted from the player in the hour that were not taken back
--   first_at timestamp: when the player was first active in the hour, UTC
--   last_at timestamp: when the player was last active in the hour, UTC
-- checks:
--   not null hour_at, game, has_bots, player_id, is_bot, n_moves
--   unique hour_at, game, has_bots, player_id
--   always n_moves >= 0
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
    where
        occurred_at >= $from_at and occurred_at < $to_at
        and kind in ('joined', 'action', 'ticks')
),

acts as (
    select
        room_id,
        occurred_at,
        player_id,
        n_moves * (not is_undone)::integer as n_moves
    from events
    where kind <> 'ticks' and player_id is not null

    union all

    -- each action of a tick is its player's; bots that a game moves itself have no id
    select
        room_id,
        occurred_at,
        player_id,
        (not is_undone)::integer as n_moves
    from (
        select
            room_id,
            occurred_at,
            is_undone,
            unnest(tick_players) as player_id
        from events
        where kind = 'ticks'
    )
    where player_id is not null
)

select
    date_trunc('hour', acts.occurred_at)::timestamp as hour_at,
    dim_room.game,
    dim_room.has_bots,
    acts.player_id,
    acts.player_id like 'b\_%' escape '\' as is_bot,
    sum(acts.n_moves)::bigint as n_moves,
    min(acts.occurred_at) as first_at,
    max(acts.occurred_at) as last_at
from acts
inner join dim_room
    on
        acts.room_id = dim_room.room_id
        -- no others have an event in this time; DuckDB passes over the old ones
        and dim_room.last_event_at >= $from_at and dim_room.created_at < $to_at
group by date_trunc('hour', acts.occurred_at), dim_room.game, dim_room.has_bots, acts.player_id
