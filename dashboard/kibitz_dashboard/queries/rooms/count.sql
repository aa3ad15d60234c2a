-- on chosen: rooms/chosen
select
    count(*)::bigint as n_rooms,
    count(*) filter (where status = 'playing')::bigint as n_playing,
    count(*) filter (where status = 'waiting')::bigint as n_waiting,
    count(*) filter (where status = 'finished')::bigint as n_between_matches,
    count(*) filter (where status = 'closed')::bigint as n_closed,
    coalesce(sum(n_moves), 0)::bigint as n_moves
from chosen
