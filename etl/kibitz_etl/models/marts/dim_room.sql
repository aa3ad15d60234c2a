-- dim_room: each room as it stands, with its matches summed up and its latest one spelled out.
--
-- window: rooms
-- grain: one row per room
-- source: stg_room_events, fct_match
-- published: the 20000 rooms that changed last, by last_seq
-- columns:
--   room_id varchar: the room's public id
--   game varchar: the game's name
--   status varchar: waiting, playing, finished (a rematch is possible) or closed, by the journal
--   seats integer: how many seats it has
--   is_private boolean: whether it is left out of the lobby
--   created_at timestamp: when it was made, UTC
--   first_started_at timestamp: when its first match started, UTC; null before
--   fill_ms bigint: from its making to its first match, in milliseconds; null before that
--   closed_at timestamp: when it was closed, UTC; null while open
--   close_reason varchar: why it was closed; null while open
--   last_event_at timestamp: when its newest event happened, UTC
--   version bigint: its newest version
--   n_events bigint: events in the journal
--   n_people bigint: different people who ever took a seat
--   n_bots bigint: different bots that ever took a seat
--   has_bots boolean: whether a bot ever took a seat
--   n_matches bigint: matches started
--   n_finished bigint: matches with an outcome
--   n_moves bigint: accepted moves over all matches
--   n_actions bigint: actions accepted, those that were taken back included
--   handled_us bigint: time the server took for all its actions, in microseconds
--   handled_us_max bigint: time the server took for the slowest of them, in microseconds; null without actions
--   is_fork boolean: whether it goes on from a copy of another room
--   played_ms bigint: durations of its matches that came to an outcome added up, in milliseconds; null where none did
--   last_match integer: its newest match; null when none started
--   last_duration_ms bigint: duration of the newest match, in milliseconds; null unless it ended
--   last_outcome_kind varchar: how the newest match ended; null unless finished
--   last_winner_seat integer: who won the newest match; null for a draw, and unless finished
--   first_seq bigint: journal position of its first event
--   last_seq bigint: journal position of its newest event
-- touches:
--   events: has_bots
--   first_started_at: fill_ms, has_bots
-- checks:
--   not null room_id, game, status, created_at, last_event_at, n_events, first_seq, last_seq
--   unique room_id
--   accepted status in ('waiting', 'playing', 'finished', 'closed')
--   always n_finished <= n_matches
with rooms as (
    select
        room_id,
        arg_min(game, version) as game,
        arg_min(seats, version) as seats,
        arg_min(is_private, version) as is_private,
        min(occurred_at) as created_at,
        min(occurred_at) filter (where kind = 'closed') as closed_at,
        arg_min(close_reason, version) as close_reason,
        max(occurred_at) as last_event_at,
        max(version) as version,
        count(*) as n_events,
        count(distinct player_id) filter (where kind = 'joined' and not is_bot) as n_people,
        count(distinct player_id) filter (where kind = 'joined' and is_bot) as n_bots,
        count(*) filter (where kind = 'action') as n_actions,
        coalesce(sum(handled_us) filter (where kind = 'action'), 0)::bigint as handled_us,
        max(handled_us) filter (where kind = 'action') as handled_us_max,
        coalesce(bool_or(is_fork), false) as is_fork,
        min(seq) as first_seq,
        max(seq) as last_seq
    from stg_room_events
    group by room_id
),

matches as (
    select
        room_id,
        count(*) as n_matches,
        count(*) filter (where status = 'finished') as n_finished,
        sum(n_moves)::bigint as n_moves,
        (sum(duration_ms) filter (where status = 'finished'))::bigint as played_ms,
        bool_or(has_bots) as has_bots,
        min(started_at) as first_started_at,
        arg_max({
            'match': match,
            'status': status,
            'duration_ms': duration_ms,
            'outcome_kind': outcome_kind,
            'winner_seat': winner_seat
        }, match) as newest
    from fct_match
    where first_seq between $first_seq and $last_seq and room_id in (select room_id from touched_rooms)
    group by room_id
)

select
    rooms.room_id,
    rooms.game,
    case
        when rooms.closed_at is not null then 'closed'
        when matches.newest.status is null then 'waiting'
        else matches.newest.status
    end as status,
    rooms.seats,
    rooms.is_private,
    rooms.created_at,
    matches.first_started_at,
    case
        when matches.first_started_at is not null
            then greatest(0, date_diff('millisecond', rooms.created_at, matches.first_started_at))
    end as fill_ms,
    rooms.closed_at,
    rooms.close_reason,
    rooms.last_event_at,
    rooms.version,
    rooms.n_events,
    rooms.n_people,
    rooms.n_bots,
    rooms.n_bots > 0 or coalesce(matches.has_bots, false) as has_bots,
    coalesce(matches.n_matches, 0) as n_matches,
    coalesce(matches.n_finished, 0) as n_finished,
    coalesce(matches.n_moves, 0) as n_moves,
    rooms.n_actions,
    rooms.handled_us,
    rooms.handled_us_max,
    rooms.is_fork,
    matches.played_ms,
    matches.newest.match as last_match,
    matches.newest.duration_ms as last_duration_ms,
    matches.newest.outcome_kind as last_outcome_kind,
    matches.newest.winner_seat as last_winner_seat,
    rooms.first_seq,
    rooms.last_seq
from rooms
left join matches on rooms.room_id = matches.room_id
