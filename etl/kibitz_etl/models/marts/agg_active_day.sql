-- agg_active_day: how many people were active, on the day and in the 7 and 30 days that end with it, and how
-- many came, stayed, came back and stayed away. Exact: each player's days are laid over the days that they
-- count for, and the ends of these stretches are added up.
--
-- window: days, and the 29 after each
-- grain: one row per UTC day and game, and per UTC day over all games where game is empty
-- source: agg_player_day, dim_player_game
-- published: all
-- columns:
--   activity_date date: the UTC day
--   game varchar: the game's name; empty for all games together
--   dau bigint: people active on the day
--   wau bigint: people active on the day or the 6 before it
--   mau bigint: people active on the day or the 29 before it
--   n_new bigint: people who were never active before the day, in this game
--   n_returning bigint: people who were active on the day before as well
--   n_resurrected bigint: people who were active before, but not on the day before
--   n_dormant bigint: people who were active on the day before and not on the day
--   n_churned bigint: people whose last activity, as seen at the end of the day, was 14 days before
-- checks:
--   not null activity_date, game, dau, wau, mau, n_new, n_returning, n_resurrected, n_dormant, n_churned
--   unique activity_date, game
--   always dau <= wau and wau <= mau
--   always dau = n_new + n_returning + n_resurrected
with people as (
    select
        activity_date,
        player_id,
        game
    from agg_player_day
    where
        is_active and not is_bot
        and activity_date >= $from_date and activity_date < $to_date

    union all

    select distinct
        activity_date,
        player_id,
        '' as game
    from agg_player_day
    where
        is_active and not is_bot
        and activity_date >= $from_date and activity_date < $to_date

    union all

    -- of the days before, only each player's last one reaches into these
    select
        max(activity_date) as activity_date,
        player_id,
        coalesce(game, '') as game
    from agg_player_day
    where
        is_active and not is_bot
        and activity_date >= $from_date - 29 and activity_date < $from_date
    group by grouping sets ((player_id, game), (player_id))
),

next_days as (
    select
        activity_date,
        game,
        lag(activity_date) over w as day_before,
        coalesce(lead(activity_date) over w, date '9999-01-01') as day_after
    from people
    window w as (partition by player_id, game order by activity_date)
),

-- few pairs of days, however many people
stretches as (
    select
        activity_date,
        game,
        day_after,
        count(*) as n,
        count(*) filter (where day_before = activity_date - 1) as n_again
    from next_days
    group by activity_date, game, day_after
),

-- where each stretch begins and ends; what begins on a day counts from it on
ends as (
    select
        activity_date as at_date,
        game,
        n as dau,
        n as wau,
        n as mau,
        n_again as returning_,
        0 as dormant,
        0 as churned
    from stretches

    union all

    select activity_date + 1, game, -n, 0, 0, -n_again, 0, 0
    from stretches

    union all

    select least(activity_date + 7, day_after), game, 0, -n, 0, 0, 0, 0
    from stretches

    union all

    select least(activity_date + 30, day_after), game, 0, 0, -n, 0, 0, 0
    from stretches

    union all

    select activity_date + 1, game, 0, 0, 0, 0, n, 0
    from stretches
    where day_after > activity_date + 1

    union all

    select activity_date + 2, game, 0, 0, 0, 0, -n, 0
    from stretches
    where day_after > activity_date + 1

    union all

    select activity_date + 14, game, 0, 0, 0, 0, 0, n
    from stretches
    where day_after > activity_date + 14

    union all

    select activity_date + 15, game, 0, 0, 0, 0, 0, -n
    from stretches
    where day_after > activity_date + 14
),

changes as (
    select
        at_date,
        game,
        sum(dau) as dau,
        sum(wau) as wau,
        sum(mau) as mau,
        sum(returning_) as returning_,
        sum(dormant) as dormant,
        sum(churned) as churned
    from ends
    group by at_date, game

    union all

    -- every day that is asked for, also where nothing changes
    select
        days.at_date,
        games.game,
        0, 0, 0, 0, 0, 0
    from (
        select unnest(generate_series($from_date, least($to_date, $last_date + 1) - 1, interval 1 day))::date as at_date
    ) as days
    cross join (select distinct game from people) as games
),

levels as (
    select
        at_date as activity_date,
        game,
        sum(sum(dau)) over w as dau,
        sum(sum(wau)) over w as wau,
        sum(sum(mau)) over w as mau,
        sum(sum(returning_)) over w as n_returning,
        sum(sum(dormant)) over w as n_dormant,
        sum(sum(churned)) over w as n_churned
    from changes
    group by at_date, game
    window w as (partition by game order by at_date)
),

new as (
    select
        first_seen_at::date as activity_date,
        game,
        count(*) as n_new
    from dim_player_game
    where not is_bot and first_seen_at >= $from_date and first_seen_at < $to_date
    group by first_seen_at::date, game
)

select
    levels.activity_date,
    levels.game,
    levels.dau::bigint as dau,
    levels.wau::bigint as wau,
    levels.mau::bigint as mau,
    coalesce(new.n_new, 0) as n_new,
    levels.n_returning::bigint as n_returning,
    (levels.dau - levels.n_returning - coalesce(new.n_new, 0))::bigint as n_resurrected,
    levels.n_dormant::bigint as n_dormant,
    levels.n_churned::bigint as n_churned
from levels
left join new on levels.activity_date = new.activity_date and levels.game = new.game
where
    levels.activity_date >= $from_date and levels.activity_date < $to_date
    and levels.activity_date <= $last_date
    and levels.mau > 0
