select
    player_id,
    is_bot,
    first_seen_at,
    last_seen_at,
    first_game,
    n_days::bigint as n_days,
    n_matches::bigint as n_matches,
    n_won::bigint as n_won,
    n_moves::bigint as n_moves
from dim_player
where player_id = $player
