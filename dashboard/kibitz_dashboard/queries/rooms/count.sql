select
    count(*)::bigint as n_rooms,
    count(*) filter (where status = 'playing')::bigint as n_playing,
    count(*) filter (where status = 'waiting')::bigint as n_waiting,
    count(*) filter (where status = 'finished')::bigint as n_between_matches,
    count(*) filter (where status = 'closed')::bigint as n_closed,
    sum(n_moves)::bigint as n_moves
from dim_room
where
    last_event_at >= $from_at and created_at < $to_at
    and ($status = 'all' or status = $status or ($status = 'open' and status <> 'closed'))
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
