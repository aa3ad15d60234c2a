with days as (
    select *
    from agg_player_day
    where
        activity_date >= $from_at::date and activity_date < $to_at
        and ($game = '' or game = $game)
        and not is_bot
),

-- only what is shown is counted by days and looked up
shown as (
    select player_id
    from days
    group by player_id
    order by sum(n_moves) desc, player_id
    limit $row_limit
)

select
    days.player_id,
    count(distinct days.activity_date) filter (where days.is_active)::bigint as n_days,
    sum(days.n_matches)::bigint as n_matches,
    sum(days.n_won)::bigint as n_won,
    sum(days.n_moves)::bigint as n_moves,
    sum(days.played_ms)::bigint as played_ms,
    max(days.last_at) as last_at,
    any_value(dim_player.first_seen_at) as first_seen_at,
    any_value(dim_player.n_days)::bigint as n_days_ever
from days
inner join shown on days.player_id = shown.player_id
left join dim_player on days.player_id = dim_player.player_id
group by days.player_id
order by sum(days.n_moves) desc, days.player_id
