-- fct_match: each match from its start to its end. A rematch is the next match of the same room.
-- A match whose `started` event is in quarantine is not counted, nor is anything that a rewind took back.
-- The match of a fork counts as one of its own, without the moves of the match that it was copied from.
--
-- window: rooms
-- grain: one row per room and match
-- source: stg_room_events
-- columns:
--   room_id varchar: the room's public id
--   match integer: the match within the room
--   game varchar: the game's name
--   status varchar: playing; finished (it has an outcome); abandoned (its room closed without one)
--   started_at timestamp: when every seat was filled and play began, UTC
--   ended_at timestamp: when the outcome was decided, or the room closed without one, UTC; null while playing
--   duration_ms bigint: from started_at to ended_at, in milliseconds; null while playing
--   outcome_kind varchar: how it ended; null unless finished
--   winner_seat integer: the seat that won; null for a draw, and unless finished
--   n_moves bigint: accepted moves (every action but `resign`) that were not taken back
--   n_seats integer: seats taken at the start
--   n_people bigint: seats taken by people at the start
--   n_bots bigint: seats taken by bots at the start
--   has_bots boolean: whether a bot took part
--   is_fork boolean: whether it goes on from a copy of another match
--   last_phase varchar: the phase it was in last; null where no event says
--   left_seat integer: the seat that was left last during the match; null where none was
--   close_reason varchar: why its room closed; null unless abandoned
--   started_version bigint: the room's version at the start
--   ended_version bigint: the room's version at the end; null while playing
--   first_seq bigint: journal position of the start
-- touches:
--   started_at: status, has_bots
--   ended_at: outcome_kind, winner_seat, n_moves, duration_ms, has_bots, last_phase, left_seat, close_reason
-- checks:
--   not null room_id, match, game, status, started_at, n_moves, n_seats
--   unique room_id, match
--   accepted status in ('playing', 'finished', 'abandoned')
--   always duration_ms is null or duration_ms >= 0
--   always (status = 'playing') = (ended_at is null)
--   always (status = 'finished') = (outcome_kind is not null)
with events as (
    select *
    from stg_room_events
    where not is_undone
),

started as (
    select
        room_id,
        match_on as match,
        arg_min(game, version) as game,
        arg_min(players, version) as players,
        bool_or(is_fork) as is_fork,
        min(occurred_at) as started_at,
        min(version) as started_version,
        min(seq) as first_seq
    from events
    where kind = 'started'
    group by room_id, match_on
),

ended as (
    select
        room_id,
        match_on as match,
        arg_min(occurred_at, version) as ended_at,
        arg_min(outcome_kind, version) as outcome_kind,
        -- a draw has no winner, and arg_min would pass over that null
        list(winner_seat order by version)[1] as winner_seat,
        min(version) as ended_version
    from events
    where outcome_kind is not null
    group by room_id, match_on
),

closed as (
    select
        room_id,
        min(occurred_at) as closed_at,
        arg_min(close_reason, version) as close_reason,
        min(version) as closed_version
    from events
    where kind = 'closed'
    group by room_id
),

played as (
    select
        room_id,
        match_on as match,
        sum(n_moves)::bigint as n_moves,
        arg_max(coalesce(phase_to, phase_from), version) as last_phase,
        arg_max(seat, version) filter (where kind = 'left') as left_seat
    from events
    where match_on is not null
    group by room_id, match_on
)

select
    started.room_id,
    started.match,
    started.game,
    case
        when ended.room_id is not null then 'finished'
        when closed.room_id is not null then 'abandoned'
        else 'playing'
    end as status,
    started.started_at,
    coalesce(ended.ended_at, closed.closed_at) as ended_at,
    -- a server's clock may be set back; greatest() alone would make 0 of a match that is still on
    case
        when coalesce(ended.ended_at, closed.closed_at) is not null
            then greatest(0, date_diff('millisecond', started.started_at, coalesce(ended.ended_at, closed.closed_at)))
    end as duration_ms,
    ended.outcome_kind,
    ended.winner_seat,
    coalesce(played.n_moves, 0) as n_moves,
    len(started.players)::integer as n_seats,
    len(list_filter(started.players, lambda player: player not like 'b\_%' escape '\')) as n_people,
    len(list_filter(started.players, lambda player: player like 'b\_%' escape '\')) as n_bots,
    n_bots > 0 as has_bots,
    coalesce(started.is_fork, false) as is_fork,
    played.last_phase,
    played.left_seat,
    case when ended.room_id is null then closed.close_reason end as close_reason,
    started.started_version,
    coalesce(ended.ended_version, closed.closed_version) as ended_version,
    started.first_seq
from started
left join ended on started.room_id = ended.room_id and started.match = ended.match
left join closed on started.room_id = closed.room_id
left join played on started.room_id = played.room_id and started.match = played.match
