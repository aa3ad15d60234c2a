-- fct_event: every good event of the journal, typed and narrow; what was said in `args` stays there.
-- The only table that is appended to, and the only one that all others are counted from.
--
-- window: batch
-- grain: one row per journal event
-- source: stg_events
-- columns:
--   seq bigint: position in the journal, rising with the time of arrival
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
-- touches:
--   occurred_at: seq
-- checks:
--   not null seq, room_id, game, version, occurred_at, kind, is_move, n_moves
--   unique seq
--   always version >= 1
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
    n_moves,
    handled_us,
    spent_ms,
    match,
    phase_from,
    phase_to,
    players,
    tick_seats,
    tick_players,
    to_version,
    outcome_kind,
    winner_seat,
    close_reason,
    is_fork,
    seats,
    is_private,
    schema_version
from stg_events
-- in the order of `seq`, which both staging and DuckDB keep
where error is null
