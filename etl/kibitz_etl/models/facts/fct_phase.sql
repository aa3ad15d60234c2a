-- fct_phase: each stay of a match in a phase. What a rewind took back is not in it; the phase that a finished
-- match rests in is not either.
--
-- window: rooms
-- grain: one row per room, match and entering of a phase
-- source: stg_room_events, fct_match
-- columns:
--   room_id varchar: the room's public id
--   match integer: the match within the room
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part in the match
--   phase varchar: the phase's name
--   entered_at timestamp: when the phase began, UTC
--   left_at timestamp: when the next one began or the match ended, UTC; null while it lasts
--   spent_ms bigint: from entered_at to left_at, in milliseconds; null while it lasts
--   first_seq bigint: journal position of the event that entered it
-- touches:
--   entered_at: phase, spent_ms, has_bots
-- checks:
--   not null room_id, match, game, phase, entered_at, first_seq
--   always spent_ms is null or spent_ms >= 0
with entered as (
    select
        room_id,
        match_on as match,
        phase_to as phase,
        occurred_at as entered_at,
        seq,
        lead(occurred_at) over (partition by room_id, match_on order by version) as next_at
    from stg_room_events
    where
        not is_undone
        and match_on is not null
        and phase_to is not null
        and outcome_kind is null
        and (kind = 'started' or phase_to is distinct from phase_from)
        and kind <> 'closed'
)

select
    entered.room_id,
    entered.match,
    fct_match.game,
    fct_match.has_bots,
    entered.phase,
    entered.entered_at,
    coalesce(entered.next_at, fct_match.ended_at) as left_at,
    case
        when coalesce(entered.next_at, fct_match.ended_at) is not null
            then greatest(
                0, date_diff('millisecond', entered.entered_at, coalesce(entered.next_at, fct_match.ended_at))
            )
    end as spent_ms,
    entered.seq as first_seq
from entered
inner join fct_match on entered.room_id = fct_match.room_id and entered.match = fct_match.match
where
    fct_match.first_seq between $first_seq and $last_seq
    and entered.seq >= fct_match.first_seq
