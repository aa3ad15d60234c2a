-- stg_room_events: all events of the rooms that have new ones, each with the match it belongs to and whether
-- a rewind took it back. Everything that is counted by room is counted from here.
--
-- window: rooms
-- grain: one row per event of a touched room
-- source: fct_event
-- columns:
--   seq bigint: position in the journal
--   room_id varchar: the room's public id
--   game varchar: the game's name
--   version bigint: the room's version after this event
--   occurred_at timestamp: when the server accepted the event, UTC
--   kind varchar: what happened
--   seat integer: the seat concerned; null where none is
--   player_id varchar: the player concerned; null where none is
--   is_bot boolean: whether that player is a bot
--   is_move boolean: an accepted action that moves the game on
--   n_moves integer: moves in this event
--   tick_seats integer[]: the seat of each action; only where kind is ticks
--   tick_players varchar[]: the player of each action; only where kind is ticks
--   handled_us bigint: time the server took to validate and apply, in microseconds
--   spent_ms bigint: time charged to the seat's clock, in milliseconds; null where no clock ran
--   match integer: the match that it names; null where it names none
--   match_on integer: the match that it names, or else the one that was on
--   phase_from varchar: the game's phase before the event; null where no match is on
--   phase_to varchar: the game's phase after the event; null where no match is on
--   players varchar[]: player ids by seat; only where kind is started
--   to_version bigint: the version that the match went back to; only where kind is rewound
--   outcome_kind varchar: how the match ended; only on the row that ends a match
--   winner_seat integer: the seat that won; null for a draw, and on rows that end no match
--   close_reason varchar: why the room was closed; only where kind is closed
--   is_fork boolean: whether the room or match goes on from a copy of another
--   seats integer: how many seats the room has
--   is_private boolean: whether the room is left out of the lobby
--   is_undone boolean: whether a later rewind took it back; who came and went meanwhile stays
-- checks:
--   not null seq, room_id, version, kind, is_undone
with touched as (
    select *
    from fct_event
    where seq between $first_seq and $last_seq and room_id in (select room_id from touched_rooms)
),

rewinds as (
    select
        room_id,
        version as rewound_version,
        to_version as rewound_to
    from touched
    where kind = 'rewound'
),

undone as (
    select touched.seq
    from touched
    inner join rewinds
        on
            touched.room_id = rewinds.room_id
            and touched.version > rewinds.rewound_to
            and touched.version < rewinds.rewound_version
),

judged as (
    select
        *,
        -- a match is taken back; who came and went meanwhile, and what the room is, is not
        kind not in ('created', 'joined', 'left', 'reopened', 'closed')
        and seq in (select seq from undone) as is_undone
    from touched
),

matches as (
    select
        room_id,
        match,
        min(version) as first_version
    from judged
    where match is not null and not is_undone
    group by room_id, match
),

-- few events name no match: a window over all of them would sort them all
placed as (
    select
        *,
        match as match_on
    from judged
    where match is not null

    union all

    select
        judged.*,
        matches.match as match_on
    from judged
    asof left join matches
        on judged.room_id = matches.room_id and judged.version >= matches.first_version
    where judged.match is null
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
    is_move,
    n_moves,
    tick_seats,
    tick_players,
    handled_us,
    spent_ms,
    match,
    match_on,
    phase_from,
    phase_to,
    players,
    to_version,
    outcome_kind,
    winner_seat,
    close_reason,
    is_fork,
    seats,
    is_private,
    is_undone
from placed
