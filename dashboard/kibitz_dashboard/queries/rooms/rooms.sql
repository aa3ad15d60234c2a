-- on chosen: rooms/chosen
select
    room_id,
    game,
    status,
    created_at,
    last_event_at,
    n_people,
    n_bots,
    n_matches,
    n_moves,
    played_ms,
    last_outcome_kind,
    last_winner_seat
from chosen
order by last_event_at desc, room_id
limit $row_limit
