-- agg_funnel_day: how far people came on each day. Each is counted at the furthest step reached and at all
-- before it, so that no step is larger than the one before.
--
-- window: days
-- grain: one row per UTC day
-- source: fct_session, agg_player_day, fct_seat
-- published: all
-- columns:
--   visit_date date: the UTC day
--   n_visited bigint: people who connected, or went further
--   n_joined bigint: people who took a seat or acted, or went further
--   n_started bigint: people who were in a match that started on the day, or went further
--   n_finished bigint: people who were in a match that started on the day and came to an outcome, or went further
--   n_rematched bigint: people who were in a rematch that started on the day
-- checks:
--   not null visit_date, n_visited, n_joined, n_started, n_finished, n_rematched
--   unique visit_date
--   always n_visited >= n_joined and n_joined >= n_started and n_started >= n_finished and n_finished >= n_rematched
with steps as (
    select
        opened_at::date as visit_date,
        player_id,
        1 as step
    from fct_session
    where opened_at >= $from_at and opened_at < $to_at and player_id not like 'b\_%' escape '\'

    union all

    select
        activity_date,
        player_id,
        2 as step
    from agg_player_day
    where activity_date >= $from_date and activity_date < $to_date and is_active and not is_bot

    union all

    select
        started_at::date,
        player_id,
        case when match > 1 then 5 when status = 'finished' then 4 else 3 end as step
    from fct_seat
    where started_at >= $from_at and started_at < $to_at and not is_bot
),

furthest as (
    select
        visit_date,
        player_id,
        max(step) as step
    from steps
    group by visit_date, player_id
)

select
    visit_date,
    count(*) as n_visited,
    count(*) filter (where step >= 2) as n_joined,
    count(*) filter (where step >= 3) as n_started,
    count(*) filter (where step >= 4) as n_finished,
    count(*) filter (where step >= 5) as n_rematched
from furthest
group by visit_date
