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
from dim_room
where
    last_event_at >= $from_at and created_at < $to_at
    and ($status = 'all' or status = $status or ($status = 'open' and status <> 'closed'))
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
order by last_event_at desc, room_id
limit $row_limit
