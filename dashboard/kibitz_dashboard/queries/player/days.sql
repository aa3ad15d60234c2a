select
    activity_date::timestamp as at,
    game,
    n_moves,
    n_matches,
    n_won,
    played_ms
from agg_player_day
where player_id = $player and ($game = '' or game = $game)
order by activity_date desc, game
