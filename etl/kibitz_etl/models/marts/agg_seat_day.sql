-- agg_seat_day: how people fared in each seat of finished matches; bots' own seats are not counted.
--
-- window: days
-- grain: one row per UTC day of the end, game, bots, number of seats and seat
-- source: fct_seat
-- published: all
-- columns:
--   ended_date date: the UTC day on which the matches ended
--   game varchar: the game's name
--   has_bots boolean: whether a bot took part in the match
--   n_seats integer: seats of the match
--   seat integer: the seat, counted from 0
--   n_matches bigint: finished matches in which a person had the seat
--   n_won bigint: of these, the ones that the seat won
--   n_drew bigint: of these, the ones without a winner
-- checks:
--   not null ended_date, game, has_bots, n_seats, seat, n_matches, n_won, n_drew
--   unique ended_date, game, has_bots, n_seats, seat
--   always n_won + n_drew <= n_matches
select
    ended_at::date as ended_date,
    game,
    has_bots,
    n_seats,
    seat,
    count(*) as n_matches,
    count(*) filter (where result = 'won') as n_won,
    count(*) filter (where result = 'drew') as n_drew
from fct_seat
where
    status = 'finished' and not is_bot
    and ended_at >= $from_at and ended_at < $to_at
group by ended_at::date, game, has_bots, n_seats, seat
