-- fct_match: each match from its start to its end. A rematch is the next match of the same room.
-- A match whose `started` event is in quarantine is not counted, nor is anything that a rewind took back.
--
-- window: rooms
-- grain: one row per room and match
-- source: fct_event
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
--   n_people bigint: seats taken by people at the start
--   n_bots bigint: seats taken by bots at the start
--   has_bots boolean: whether a bot took part
--   started_version bigint: the room's version at the start
--   ended_version bigint: the room's version at the end; null while playing
--   first_seq bigint: journal position of the start
-- checks:
--   not null room_id, match, game, status, started_at, n_moves
--   unique room_id, match
--   accepted status in ('playing', 'finished', 'abandoned')
--   always duration_ms is null or duration_ms >= 0
--   always (status = 'playing') = (ended_at is null)
--   always (status = 'finished') = (outcome_kind is not null)
with touched as (
    select *
    from fct_event
    where seq >= $first_seq and room_id in (select room_id from touched_rooms)
),

rewinds as (
    select
        room_id,
        version,
        to_version
    from touched
    where kind = 'rewound'
),

events as (
    select
        touched.*,
        -- an event that names no match belongs to the match that was on
        coalesce(
            touched.match,
            last_value(touched.match ignore nulls) over (
                partition by touched.room_id order by touched.version
                rows between unbounded preceding and current row
            )
        ) as match_on
    from touched
    -- what was taken back did not happen
    anti join rewinds
        on touched.room_id = rewinds.room_id
        and touched.version > rewinds.to_version
        and touched.version < rewinds.version
),

started as (
    select
        room_id,
        match_on as match,
        arg_min(game, version) as game,
        arg_min(players, version) as players,
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
        min(version) as closed_version
    from events
    where kind = 'closed'
    group by room_id
),

moves as (
    select
        room_id,
        match_on as match,
        sum(n_moves)::bigint as n_moves
    from events
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
    coalesce(moves.n_moves, 0) as n_moves,
    len(list_filter(started.players, lambda player: player not like 'b\_%' escape '\')) as n_people,
    len(list_filter(started.players, lambda player: player like 'b\_%' escape '\')) as n_bots,
    n_bots > 0 as has_bots,
    started.started_version,
    coalesce(ended.ended_version, closed.closed_version) as ended_version,
    started.first_seq
from started
left join ended on started.room_id = ended.room_id and started.match = ended.match
left join closed on started.room_id = closed.room_id
left join moves on started.room_id = moves.room_id and started.match = moves.match
