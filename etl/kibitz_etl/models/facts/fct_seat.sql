-- fct_seat: who sat where in each match, and how it went for them.
--
-- window: rooms
-- grain: one row per room, match and seat
-- source: fct_event, fct_match
-- columns:
--   room_id varchar: the room's public id
--   match integer: the match within the room
--   seat integer: the seat, counted from 0
--   game varchar: the game's name
--   player_id varchar: who sat there when the match started
--   is_bot boolean: whether that is a bot
--   result varchar: won, lost or drew; null unless the match is finished
--   n_moves bigint: accepted moves from this seat that were not taken back; without those of ticks
--   time_used_ms bigint: time charged to the seat's clock, in milliseconds; null where no clock ran
--   started_at timestamp: when the match started, UTC
-- checks:
--   not null room_id, match, seat, game, player_id, is_bot, n_moves
--   unique room_id, match, seat
--   accepted result in ('won', 'lost', 'drew')
--   always n_moves >= 0
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
    select touched.*
    from touched
    -- what was taken back did not happen
    anti join rewinds
        on touched.room_id = rewinds.room_id
        and touched.version > rewinds.to_version
        and touched.version < rewinds.version
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

used as (
    select
        room_id,
        match,
        seat,
        count(*) filter (where is_move) as n_moves,
        sum(spent_ms)::bigint as time_used_ms
    from events
    where seat is not null and match is not null
    group by room_id, match, seat
)

select
    seats.room_id,
    seats.match,
    seats.seat,
    fct_match.game,
    seats.player_id,
    seats.player_id like 'b\_%' escape '\' as is_bot,
    case
        when fct_match.status <> 'finished' then null
        when fct_match.winner_seat is null then 'drew'
        when fct_match.winner_seat = seats.seat then 'won'
        else 'lost'
    end as result,
    coalesce(used.n_moves, 0) as n_moves,
    used.time_used_ms,
    fct_match.started_at
from seats
inner join fct_match on seats.room_id = fct_match.room_id and seats.match = fct_match.match
left join used
    on seats.room_id = used.room_id and seats.match = used.match and seats.seat = used.seat
