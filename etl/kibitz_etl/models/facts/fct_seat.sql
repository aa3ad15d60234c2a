-- fct_seat: who sat where in each match, and how it went for them.
--
-- window: rooms
-- grain: one row per room, match and seat
-- source: stg_room_events, fct_match
-- published: the 50000 seats of the matches that began last, by first_seq
-- columns:
--   room_id varchar: the room's public id
--   match integer: the match within the room
--   seat integer: the seat, counted from 0
--   game varchar: the game's name
--   player_id varchar: who sat there when the match started
--   is_bot boolean: whether that is a bot
--   has_bots boolean: whether a bot took part in the match
--   n_seats integer: seats of the match
--   status varchar: of the match: playing, finished or abandoned
--   result varchar: won, lost or drew; null unless the match is finished
--   n_moves bigint: accepted moves from this seat that were not taken back, those of ticks included
--   time_used_ms bigint: time charged to the seat's clock, in milliseconds; null where no clock ran
--   started_at timestamp: when the match started, UTC
--   ended_at timestamp: when the match ended, UTC; null while playing
--   duration_ms bigint: how long the match took, in milliseconds; null while playing
--   first_seq bigint: journal position of the match's start
-- touches:
--   started_at: player_id, status
--   ended_at: player_id, result, duration_ms
-- checks:
--   not null room_id, match, seat, game, player_id, is_bot, n_moves
--   unique room_id, match, seat
--   accepted result in ('won', 'lost', 'drew')
--   always n_moves >= 0
with events as (
    select *
    from stg_room_events
    where not is_undone
),

seats as (
    select
        room_id,
        match,
        unnest(players) as player_id,
        (generate_subscripts(players, 1) - 1)::integer as seat
    from (
        select
            room_id,
            match,
            arg_min(players, version) as players
        from events
        where kind = 'started'
        group by room_id, match
    )
),

acts as (
    select
        room_id,
        match,
        seat,
        n_moves,
        spent_ms
    from events
    where seat is not null and kind <> 'ticks'

    union all

    select
        room_id,
        match,
        unnest(tick_seats) as seat,
        1 as n_moves,
        null as spent_ms
    from events
    where kind = 'ticks'
),

used as (
    select
        room_id,
        match,
        seat,
        sum(n_moves)::bigint as n_moves,
        sum(spent_ms)::bigint as time_used_ms
    from acts
    group by room_id, match, seat
)

select
    seats.room_id,
    seats.match,
    seats.seat,
    fct_match.game,
    seats.player_id,
    seats.player_id like 'b\_%' escape '\' as is_bot,
    fct_match.has_bots,
    fct_match.n_seats,
    fct_match.status,
    case
        when fct_match.status <> 'finished' then null
        when fct_match.winner_seat is null then 'drew'
        when fct_match.winner_seat = seats.seat then 'won'
        else 'lost'
    end as result,
    coalesce(used.n_moves, 0) as n_moves,
    used.time_used_ms,
    fct_match.started_at,
    fct_match.ended_at,
    fct_match.duration_ms,
    fct_match.first_seq
from seats
inner join fct_match on seats.room_id = fct_match.room_id and seats.match = fct_match.match
left join used
    on seats.room_id = used.room_id and seats.match = used.match and seats.seat = used.seat
where
    fct_match.first_seq between $first_seq and $last_seq
    and fct_match.room_id in (select room_id from touched_rooms)
