-- stg_events: the batch just read from the journal, renamed and cast, nothing left out.
-- A row that cannot be used carries the reason in `error`; the loader puts it into quarantine.
--
-- window: batch
-- grain: one row per event of the batch
-- source: journal_batch
-- columns:
--   seq bigint: position in the journal (`events_v1.id`)
--   room_id varchar: the room's public id
--   game varchar: the game's name
--   version bigint: the room's version after this event, counted from 1
--   occurred_at timestamp: when the server accepted the event, UTC
--   kind varchar: what happened (created, joined, left, started, action, ticks, timeout, forfeit, paused, resumed, rewound, reopened, rematch, closed)
--   seat integer: the seat concerned, counted from 0; null where none is
--   player_id varchar: the player concerned; null where none is
--   is_bot boolean: whether that player is a bot
--   action_type varchar: the action's type; null unless kind is action
--   is_move boolean: an accepted action that moves the game on: every action but `resign`
--   n_moves integer: moves in this event: 1 where is_move, the actions of the seats where kind is ticks, else 0
--   handled_us bigint: time the server took to validate and apply, in microseconds
--   spent_ms bigint: time charged to the seat's clock, in milliseconds; null where no clock ran
--   match integer: the match within the room; null where no match is on
--   phase_from varchar: the game's phase before the event; null where no match is on
--   phase_to varchar: the game's phase after the event; null where no match is on
--   players varchar[]: player ids by seat; only where kind is started
--   tick_seats integer[]: the seat of each action; only where kind is ticks
--   tick_players varchar[]: the player of each action; only where kind is ticks
--   to_version bigint: the version that the match went back to; only where kind is rewound
--   outcome_kind varchar: how the match ended; only on the row that ends a match
--   winner_seat integer: the seat that won; null for a draw, and on rows that end no match
--   close_reason varchar: why the room was closed; only where kind is closed
--   is_fork boolean: whether the room or match goes on from a copy of another; only where kind is created or started
--   seats integer: how many seats the room has
--   is_private boolean: whether the room is left out of the lobby
--   schema_version integer: version of the event's form
--   error varchar: why the row cannot be used; null for a good row
-- checks:
--   not null seq
--   unique seq
with batch as (
    select
        *,
        -- only the few rows that have any are parsed: an action's arguments stay in the journal
        case when args <> '' then try_cast(args as json) end as args_json,
        case when outcome <> '' then try_cast(outcome as json) end as outcome_json,
        case when at_us between 946684800000000 and 4102444800000000 then at_us end as sane_at_us
    from journal_batch
),

renamed as (
    select
        id as seq,
        nullif(room_id, '') as room_id,
        nullif(game, '') as game,
        version,
        make_timestamp(sane_at_us) as occurred_at,
        kind,
        try_cast(nullif(seat, -1) as integer) as seat,
        nullif(player_id, '') as player_id,
        starts_with(player_id, 'b_') as is_bot,
        case when kind = 'action' then nullif(type, '') end as action_type,
        kind = 'action' and type <> 'resign' as is_move,
        handled_us,
        nullif(spent_ms, -1) as spent_ms,
        try_cast(nullif(match, -1) as integer) as match,
        nullif(phase_from, '') as phase_from,
        nullif(phase_to, '') as phase_to,
        try_cast(seats as integer) as seats,
        is_private = 1 as is_private,
        try_cast(schema_version as integer) as schema_version,
        args,
        args_json,
        outcome,
        outcome_json,
        case when kind = 'started' then try_cast(args_json -> 'players' as varchar[]) end as players,
        case when kind = 'ticks' then try_cast(args_json -> '$.inputs[*][1]' as integer[]) end as tick_seats,
        case when kind = 'ticks' then try_cast(args_json ->> '$.inputs[*][4]' as varchar[]) end as tick_players,
        case when kind = 'rewound' then try_cast(args_json ->> 'to_version' as bigint) end as to_version,
        case
            when kind = 'created' then json_exists(args_json, '$.fork')
            when kind = 'started' then json_exists(args_json, '$.from')
        end as is_fork,
        case when outcome_json is not null then try_cast(outcome_json ->> 'winner' as integer) end as winner_seat
    from batch
)

select
    seq,
    room_id,
    game,
    version,
    occurred_at,
    kind,
    seat,
    player_id,
    is_bot,
    action_type,
    is_move,
    case when kind = 'ticks' then coalesce(len(tick_seats), 0)::integer else is_move::integer end as n_moves,
    handled_us,
    spent_ms,
    match,
    phase_from,
    phase_to,
    players,
    tick_seats,
    tick_players,
    to_version,
    case
        when outcome_json is not null
            then coalesce(outcome_json ->> 'reason', if(winner_seat is null, 'drawn', 'won'))
    end as outcome_kind,
    winner_seat,
    case when kind = 'closed' then coalesce(args_json ->> 'reason', 'unknown') end as close_reason,
    is_fork,
    seats,
    is_private,
    schema_version,
    case
        when room_id is null then 'room_id is missing'
        when game is null then 'game is missing'
        when version < 1 then 'version is below 1'
        when occurred_at is null then 'at_us is not between the years 2000 and 2100'
        when kind = '' then 'kind is missing'
        when args <> '' and args_json is null then 'args is not JSON'
        when outcome <> '' and outcome_json is null then 'outcome is not JSON'
        when kind = 'started' and match is null then 'started without a match'
        when kind = 'started' and players is null then 'started without players'
        when kind = 'rewound' and to_version is null then 'rewound to no version'
    end as error
from renamed
