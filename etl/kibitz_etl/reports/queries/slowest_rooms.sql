-- The rooms whose slowest action took longest.
select
    room_id,
    game,
    n_actions,
    handled_us_max / 1000.0 as slowest_ms,
    handled_us / 1000.0 / nullif(n_actions, 0) as mean_ms
from dim_room
where n_actions > 0 and last_event_at::date between $first and $last
order by handled_us_max desc, room_id
limit 10
