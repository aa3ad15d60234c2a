select
    mine.room_id,
    mine.match,
    mine.game,
    mine.seat,
    mine.status,
    mine.result,
    mine.n_moves,
    mine.started_at,
    mine.duration_ms,
    coalesce(list(other.player_id order by other.seat) filter (where other.player_id is not null), []) as others
from fct_seat as mine
left join fct_seat as other
    on mine.room_id = other.room_id and mine.match = other.match and mine.seat <> other.seat
where mine.player_id = $player and ($game = '' or mine.game = $game)
group by all
order by mine.started_at desc, mine.room_id
limit $row_limit
