select
    room_id,
    game,
    n_actions,
    handled_us_max,
    handled_us::double / nullif(n_actions, 0) as handled_us_mean,
    last_event_at
from dim_room
where
    last_event_at >= $from_at and created_at < $to_at
    and handled_us_max is not null
order by handled_us_max desc, room_id
limit 50
