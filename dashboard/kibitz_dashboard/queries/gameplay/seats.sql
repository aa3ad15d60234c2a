-- a bot plays otherwise than a person: unless asked for, matches with bots say nothing about seats
select
    game,
    n_seats,
    seat,
    sum(n_matches)::bigint as n_matches,
    sum(n_won)::bigint as n_won,
    sum(n_drew)::bigint as n_drew
from agg_seat_day
where
    ended_date >= $from_at::date and ended_date < $to_at
    and ($game = '' or game = $game)
    and has_bots = ($bots = 'with')
group by game, n_seats, seat
order by game, n_seats, seat
